using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Looking into images in memory, as drivers do that search for sections or routines.</summary>
/// <remarks>Doc: "PE Format": e_lfanew 3Ch, optional header 18h, directories 70h of a PE32+ optional header.</remarks>
internal sealed partial class RuntimeLibrary
{
    private const int OptionalHeader = 0x18;
    private const int Directories = OptionalHeader + 0x70;

    /// <returns>Address of the NT headers; null for what is no image. Unmapped memory faults in the routine.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlImageNtHeader: ImageNtHeader of dbghelp.h, for the kernel")]
    internal VirtualAddress RtlImageNtHeader(VirtualAddress baseOfImage)
    {
        const ushort dos = 0x5A4D;
        const uint pe = 0x4550;
        if (baseOfImage.IsNull || Memory.ReadUInt16(baseOfImage) != dos)
            return VirtualAddress.Null;
        var header = baseOfImage + Memory.ReadUInt32(baseOfImage + 0x3C);
        return Memory.ReadUInt32(header) == pe ? header : VirtualAddress.Null;
    }

    /// <summary>Where a directory of an image lies; null when the image has none of the number.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlImageDirectoryEntryToData: ImageDirectoryEntryToData of dbghelp.h, for the kernel",
        Missing = "images mapped as files; 32-bit images")]
    internal VirtualAddress RtlImageDirectoryEntryToData(VirtualAddress baseOfImage, NtBoolean mappedAsImage, ushort directoryEntry, Out<uint> size)
    {
        const ushort pe32Plus = 0x20B;

        // The low bits of the base mark a file mapped as data.
        if (!mappedAsImage || (baseOfImage.Value & 3) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "RtlImageDirectoryEntryToData of an image that is mapped as a file");
        size.Set(Memory, 0);
        var header = RtlImageNtHeader(baseOfImage);
        if (header.IsNull)
            return VirtualAddress.Null;
        if (Memory.ReadUInt16(header + OptionalHeader) != pe32Plus)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "RtlImageDirectoryEntryToData of a 32-bit image");
        if (directoryEntry >= Memory.ReadUInt32(header + Directories - 4))
            return VirtualAddress.Null;
        var rva = Memory.ReadUInt32(header + Directories + (8 * directoryEntry));
        if (rva == 0)
            return VirtualAddress.Null;
        size.Set(Memory, Memory.ReadUInt32(header + Directories + (8 * directoryEntry) + 4));
        return baseOfImage + rva;
    }

    /// <summary>An export of an image by name; forwarders are not followed.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlFindExportedRoutineByName: GetProcAddress of an image in the kernel")]
    internal VirtualAddress RtlFindExportedRoutineByName(VirtualAddress baseOfImage, VirtualAddress routineName)
    {
        var wanted = Caller.ReadText(routineName, wide: false);
        var header = RtlImageNtHeader(baseOfImage);
        if (header.IsNull || Memory.ReadUInt32(header + Directories) is 0)
            return VirtualAddress.Null;
        var directory = baseOfImage + Memory.ReadUInt32(header + Directories);

        // IMAGE_EXPORT_DIRECTORY: NumberOfNames 18h, AddressOfFunctions 1Ch, AddressOfNames 20h, AddressOfNameOrdinals 24h.
        var count = Memory.ReadUInt32(directory + 0x18);
        var (functions, names, ordinals) = (Table(0x1C), Table(0x20), Table(0x24));
        var (low, high) = (0u, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(Caller.ReadText(baseOfImage + Memory.ReadUInt32(names + (4 * middle)), wide: false), wanted);
            if (order == 0)
                return baseOfImage + Memory.ReadUInt32(functions + (4u * Memory.ReadUInt16(ordinals + (2 * middle))));
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return VirtualAddress.Null;

        VirtualAddress Table(int field) => baseOfImage + Memory.ReadUInt32(directory + field);
    }

    /// <summary>As RtlCompareUnicodeString, of counted characters without structures.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCompareUnicodeStrings, WDK reference")]
    internal int RtlCompareUnicodeStrings(
        VirtualAddress string1, ulong string1Length, VirtualAddress string2, ulong string2Length, NtBoolean caseInSensitive)
    {
        var left = Caller.ReadBlock(string1, (int)string1Length, wide: true);
        var right = Caller.ReadBlock(string2, (int)string2Length, wide: true);
        return caseInSensitive
            ? Compare(left.ToUpperInvariant(), right.ToUpperInvariant(), bytesPerCharacter: 1)
            : Compare(left, right, bytesPerCharacter: 1);
    }
}
