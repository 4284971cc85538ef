namespace LastRef.Symbols;

/// <summary>Kinds of CodeView symbol records and debug subsections that are read. Source: cvinfo.h of microsoft-pdb.</summary>
internal static class CodeViewKind
{
    public const ushort Thunk32 = 0x1102;
    public const ushort Public32 = 0x110E;
    public const ushort LocalProcedure32 = 0x110F;
    public const ushort GlobalProcedure32 = 0x1110;
    public const ushort SeparatedCode = 0x1132;
    public const ushort LocalProcedure32Id = 0x1146;
    public const ushort GlobalProcedure32Id = 0x1147;
    public const ushort LocalProcedure32Dpc = 0x1155;
    public const ushort LocalProcedure32DpcId = 0x1156;

    public const uint LinesSubsection = 0xF2;
    public const uint FileChecksumsSubsection = 0xF4;
    /// <summary>Set on a subsection that readers are to skip.</summary>
    public const uint IgnoredSubsection = 0x8000_0000;
}
