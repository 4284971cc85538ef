namespace LastRef.Symbols;

/// <summary>Kinds of type records that are read. Source: cvinfo.h of microsoft-pdb; dump-format 5.3.</summary>
internal static class TypeLeaf
{
    public const ushort Modifier = 0x1001, Pointer = 0x1002, Procedure = 0x1008, MemberFunction = 0x1009, FieldList = 0x1203, BitField = 0x1205;
    public const ushort Array = 0x1503, Class = 0x1504, Structure = 0x1505, Union = 0x1506, Enumeration = 0x1507, Interface = 0x1519;
    public const ushort NewerClass = 0x1608, NewerStructure = 0x1609;

    public const ushort BaseClass = 0x1400, VirtualBase = 0x1401, IndirectVirtualBase = 0x1402, Index = 0x1404, VirtualTable = 0x1409, Enumerate = 0x1502;
    public const ushort Member = 0x150D, StaticMember = 0x150E, Method = 0x150F, NestedType = 0x1510, OneMethod = 0x1511;
}
