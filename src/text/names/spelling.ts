/**
 * The one form of all spellings of a host's name or address that mean the same to every resolver: names without regard to
 * capitals, IPv6 addresses as RFC 5952 writes them. Not the dot at the end, which switches search domains off, nor zeros before
 * the numbers of an IPv4 address, which some read as octal. What is no address stays as it is but for capitals.
 * @see https://www.rfc-editor.org/rfc/rfc4343 , https://www.rfc-editor.org/rfc/rfc5952
 */
export function spellingOf(address: string): string {
  const [ip = '', zone] = address.split('%');
  const url = `http://[${ip}]/`;
  if (!ip.includes(':') || !URL.canParse(url)) return address.toLowerCase();
  const text = new URL(url).hostname.slice(1, -1);
  return zone === undefined ? text : `${text}%${zone}`;
}
