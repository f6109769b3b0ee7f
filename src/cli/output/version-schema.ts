import { type Static, Type } from 'typebox';

export const VersionSchema = Type.Object(
  {
    schema: Type.Literal(1, { description: 'version of this shape; raised when a field changes its meaning or goes' }),
    version: Type.String({ description: 'of kernward' }),
    commit: Type.Union([Type.String(), Type.Null()], {
      description:
        'that kernward was built of, with `-modified` where files differed from it; null: whoever built it did not know',
    }),
    node: Type.String({ description: 'the version of the Node.js that runs it' }),
    platform: Type.String({ description: 'operating system and processor, in the words of Node.js' }),
    form: Type.Enum(['package', 'executable'], {
      description: 'run by an installed Node.js, or the single executable that brings its own',
    }),
    ssh: Type.Union([Type.String(), Type.Null()], {
      description: 'what the ssh of this machine says of itself; null: there is none',
    }),
    sqlite: Type.Union([Type.Enum(['node:sqlite', 'libsql']), Type.Null()], {
      description: 'what a history is kept with; null: there is none, and --history is refused',
    }),
    policies: Type.Object(
      {
        sha256: Type.String({
          description: 'of the policies, profiles, known fixes and dates of support that are in it',
        }),
      },
      { description: "kernward's own" },
    ),
  },
  { description: 'kernward version --json' },
);

export type VersionDetails = Static<typeof VersionSchema>;
