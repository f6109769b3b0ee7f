import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import type { FactId, Value } from '../../src/model/reading.js';

const DMI = '/sys/class/dmi/id/';
const CLOCKS = '/sys/devices/system/clocksource/clocksource0/available_clocksource';
const NO_CONFIG = 'etc searchable\nconfig none /etc/kdump.conf\nconfig none /etc/default/kdump-tools\n';
const CONF = 'etc searchable\nconfig there /etc/kdump.conf\nconfig none /etc/default/kdump-tools\n';
const TOOLS = 'etc searchable\nconfig none /etc/kdump.conf\nconfig there /etc/default/kdump-tools\n';
const USE = '/etc/default/kdump-tools:USE_KDUMP';
const ON_PANIC = '/sys/firmware/shutdown_actions/on_panic';
const DUMP_TYPE = '/sys/firmware/dump/dump_type';

/** What machines say beside the samples of the catalogue, and the value, or why there is none. */
const SAMPLES: readonly (readonly [FactId, string, Value])[] = [
  [
    'virtualization.type',
    `${DMI}product_name:Virtual Machine\n${DMI}sys_vendor:Microsoft Corporation\n${DMI}board_vendor:Microsoft Corporation\n${CLOCKS}:hyperv_clocksource_tsc_page acpi_pm \n`,
    'hyperv',
  ],
  [
    'virtualization.type',
    `${DMI}product_name:Surface Laptop\n${DMI}sys_vendor:Microsoft Corporation\n${CLOCKS}:tsc hpet acpi_pm \n`,
    'undetermined',
  ],
  ['virtualization.type', `${DMI}product_name:Virtual Machine\n${DMI}sys_vendor:Somebody\n`, 'undetermined'],
  [
    'virtualization.type',
    `${DMI}product_name:Alibaba Cloud ECS\n${DMI}sys_vendor:Alibaba Cloud\n${CLOCKS}:kvm-clock tsc acpi_pm \n`,
    'kvm',
  ],
  [
    'virtualization.type',
    `${DMI}product_name:AHV\n${DMI}sys_vendor:Nutanix\n${CLOCKS}:hyperv_clocksource_tsc_page kvm-clock tsc \n`,
    'kvm',
  ],
  ['virtualization.type', `${DMI}sys_vendor:Red Hat\n${CLOCKS}:hyperv_clocksource_msr acpi_pm \n`, 'hyperv'],
  ['virtualization.type', `${CLOCKS}:xen tsc hpet acpi_pm \n`, 'xen'],
  ['virtualization.type', `${DMI}sys_vendor:Dell Inc.\n${CLOCKS}:tsc hpet acpi_pm \n`, 'undetermined'],
  ['kdump.enabled', `${CONF}service enabled\nservice masked kdump\nservices visible\n`, false],
  ['kdump.enabled', `${CONF}service enabled\nservice masked kdump-tools\nservices visible\n`, true],
  ['kdump.enabled', `${NO_CONFIG}service enabled\nservice masked kdump-tools\nservices visible\n`, true],
  ['kdump.enabled', `${TOOLS}${USE} 1\nservice enabled\nservice masked kdump\nservices visible\n`, true],
  ['kdump.enabled', `${TOOLS}${USE} 1\nservice enabled\nservice masked kdump-tools\nservices visible\n`, false],
  ['kdump.enabled', `${TOOLS}${USE}\nservice enabled\nservices visible\n`, false],
  ['kdump.enabled', `${TOOLS}${USE} 00\nservice enabled\nservices visible\n`, false],
  ['kdump.enabled', `${TOOLS}${USE} ?\nservice enabled\nservices visible\n`, 'undetermined'],
  ['s390.on_panic', `${ON_PANIC}:dump\n${DUMP_TYPE}:none\n`, 'stop'],
  ['s390.on_panic', `${ON_PANIC}:vmcmd\n${DUMP_TYPE}:none\n`, 'vmcmd'],
  ['s390.on_panic', `${ON_PANIC}:sleep\n`, 'malformed'],
  ['watchdog.misc', 'watchdog\n', 'malformed'],
];

for (const [id, text, expected] of SAMPLES)
  test(`${id}: ${JSON.stringify(text.slice(-60))} is ${JSON.stringify(expected)}`, () => {
    const reading = FACTS.find((fact) => fact.id === id)?.parse(text);
    assert.ok(reading !== undefined);
    const found = reading.state === 'known' ? reading.value : reading.state === 'unreadable' ? reading.cause : 'absent';
    assert.equal(found, expected);
  });
