namespace LastRef.Cpu;

/// <summary>What guest code may do with a page. Reading through the host interface ignores it.</summary>
[Flags]
public enum PageAccess : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}
