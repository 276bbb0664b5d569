export function MachinesScreen(_: object) { return null; }
