using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What debuggers and dump readers look for in the kernel's image: its blocks of addresses, and the tables behind its names.</summary>
/// <remarks>
/// The variables lie where the PDB that the image names has them (dump-format 3 and 18), so that symbols of the real kernel find them.
/// Those that the lab itself does not need are filled when a dump is saved.
/// </remarks>
internal sealed partial class KernelDebugger(NtKernel kernel)
{
    private const uint DataBlockTag = 0x4742_444B;
    private readonly NtKernel _kernel = kernel;
    private VirtualAddress _dataBlock;

    private MutableTarget Memory => _kernel.Memory;

    private ImageLoader Images => _kernel.Images;

    /// <summary>Bytes of KDDEBUGGER_DATA64, which grew with the versions (dump-format 3.2).</summary>
    private uint DataBlockBytes => _kernel.Build >= NtBuild.Windows10_2004 ? 0x380U : _kernel.Build >= NtBuild.Windows10_1607 ? 0x360U : 0x340U;

    /// <summary>Fills KdDebuggerDataBlock and KdVersionBlock; the block is plain, as after a bug check.</summary>
    public void PublishBlocks()
    {
        _dataBlock = Images.Variable("KdDebuggerDataBlock", (int)DataBlockBytes);
        _kernel.Ke.InitializeList(_dataBlock);
        Memory.WriteUInt32(_dataBlock + 0x10, DataBlockTag);
        Memory.WriteUInt32(_dataBlock + 0x14, DataBlockBytes);
        Memory.WritePointer(_dataBlock + 0x18, AddressMap.KernelImage);
        foreach (var (offset, name, bytes) in _variables)
            Memory.WritePointer(_dataBlock + offset, Images.Variable(name, bytes));
        Memory.WriteUInt64(_dataBlock + 0x138, 4096);
        foreach (var (offset, type, field) in _hints)
            WriteHint(offset, type, field);
        Memory.WriteUInt32(Images.Variable("KeNumberProcessors", 4), 1);
        PublishVersion();
    }

    /// <summary>Variables of the kernel that the block names: offset in the block, name, room.</summary>
    private static readonly (int Offset, string Name, int Bytes)[] _variables =
    [
        (0x48, "PsLoadedModuleList", 16), (0x50, "PsActiveProcessHead", 16), (0x58, "PspCidTable", 8), (0x80, "KeBugCheckCallbackListHead", 16),
        (0x88, "KiBugCheckData", 0x28), (0x90, "IopErrorLogListHead", 16), (0x98, "ObpRootDirectoryObject", 8), (0xA0, "ObpTypeObjectType", 8),
        (0x1C8, "MmHighestUserAddress", 8), (0x1D0, "MmSystemRangeStart", 8), (0x208, "NtBuildLab", 64), (0x218, "KiProcessorBlock", 8),
        (0x220, "MmUnloadedDrivers", 8), (0x228, "MmLastUnloadedDriver", 4), (0x268, "CmNtCSDVersion", 4),
    ];

    /// <summary>Offsets of fields that debuggers need before they have symbols; an empty field stands for the structure's size.</summary>
    private static readonly (int Offset, string Type, string Field)[] _hints =
    [
        (0x29A, "_KTHREAD", "Teb"), (0x29C, "_KTHREAD", "KernelStack"), (0x29E, "_KTHREAD", "InitialStack"), (0x2A0, "_KTHREAD", "ApcState.Process"),
        (0x2A2, "_KTHREAD", "State"), (0x2A8, "_EPROCESS", ""), (0x2AA, "_EPROCESS", "Peb"), (0x2AC, "_EPROCESS", "InheritedFromUniqueProcessId"),
        (0x2AE, "_EPROCESS", "Pcb.DirectoryTableBase"), (0x2B0, "_KPRCB", ""), (0x2B4, "_KPRCB", "CurrentThread"),
        (0x2BC, "_KPRCB", "ProcessorState.ContextFrame"), (0x2BE, "_KPRCB", "Number"), (0x2C0, "_ETHREAD", ""), (0x2E0, "_KPCR", ""),
        (0x2E6, "_KPCR", "Prcb"), (0x2F2, "_KPRCB", "ProcessorState.SpecialRegisters"), (0x338, "_KPRCB", "Context"),
    ];

    private void WriteHint(int offset, string type, string field)
    {
        if (offset + 2 > DataBlockBytes)
            return;
        var value = field.Length == 0 ? Memory.Layout.Structure(type)?.Size : Memory.Layout.TryGetField(type, field, out var found) ? found.Offset : null;
        Memory.WriteUInt16(_dataBlock + offset, (ushort)(value ?? 0));
    }

    // DBGKD_GET_VERSION64 (public symbols).
    private void PublishVersion()
    {
        const int bytes = 0x28;
        var block = Images.Variable("KdVersionBlock", bytes);
        Memory.WriteUInt16(block, 15);
        Memory.WriteUInt16(block + 2, (ushort)_kernel.Build);
        Memory.WriteByte(block + 4, 6);
        Memory.WriteUInt16(block + 8, 0x8664);
        Memory.WritePointer(block + 0x10, AddressMap.KernelImage);
        Memory.WritePointer(block + 0x18, Images.ModuleListHead);

        // The list of data blocks has one member.
        Memory.WritePointer(block + 0x20, _dataBlock);
        var lab = System.Text.Encoding.ASCII.GetBytes($"{(int)_kernel.Build}.lastref.lab");
        Memory.Write(Images.Variable("NtBuildLab", 64), lab);
    }
}
