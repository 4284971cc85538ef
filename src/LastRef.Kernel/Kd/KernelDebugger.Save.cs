using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The machine as a dump holds it.</summary>
internal sealed partial class KernelDebugger
{
    /// <summary>A user asked for a dump of a machine that runs (dump-format 1.3).</summary>
    private const uint LiveSystemDump = 0x161;

    private bool _isPublished;

    /// <summary>Publishes what the kernel keeps outside target memory and describes the machine; the run is over after that.</summary>
    /// <exception cref="InputException">The machine has used up its memory.</exception>
    public MachineImage Save()
    {
        try
        {
            if (!_isPublished)
                Publish();
        }
        catch (GuestMemoryExhaustedException)
        {
            throw new InputException("the machine has no memory left for the tables of a dump");
        }

        _isPublished = true;
        var pages = new List<MappedPage>();
        foreach (var (address, access, frame) in _kernel.Guest.Pages)
        {
            pages.Add(new MappedPage(
                new VirtualAddress(address), frame + AddressMap.FirstFrame, (access & PageAccess.Write) != 0, (access & PageAccess.Execute) != 0));
        }

        var bugCheck = _kernel.Stop as MachineStop.BugCheck;
        return new MachineImage
        {
            Memory = Memory,
            Pages = pages,
            DirectoryTableBase = AddressMap.DirectoryTableBase,
            FirstPhysicalPage = AddressMap.FirstFrame,
            PsLoadedModuleList = Images.ModuleListHead,
            PsActiveProcessHead = Images.Variable("PsActiveProcessHead", 16),
            KdDebuggerDataBlock = _dataBlock,
            PfnDatabase = Images.Variable("MmPfnDatabase", 8),
            BugCheckCode = bugCheck?.Code ?? LiveSystemDump,
            BugCheckParameters = bugCheck is { } b ? [b.Parameter1, b.Parameter2, b.Parameter3, b.Parameter4] : [0, 0, 0, 0],
            Context = ContextOf(_kernel.Processor.Registers),
            SystemTime100ns = _kernel.Ke.SystemTime100ns,
            UpTime100ns = _kernel.Ke.InterruptTime100ns,
        };
    }

    private unsafe byte[] ContextOf(CpuRegisters registers)
    {
        var image = new SparseTarget(Memory.Layout);
        var address = new VirtualAddress(0x10000);
        image.Map(address, 4096);
        ContextRecord.Write(image, address, ref registers);
        var bytes = new byte[ContextRecord.Size];
        image.Read(address, bytes);
        return bytes;
    }

    private void Publish()
    {
        PublishObjects();
        PublishProcessor();
        PublishLists();
        PublishRegistrations();
        PublishTimersAndDpcs();
        PublishWorkQueues();
        PublishEventProviders();
        PublishPendingRemovals();
        _kernel.Io.PublishRemoveLocks(bytes => Allocate(bytes, "IoRl"));
    }

    private void PublishObjects()
    {
        Memory.WritePointer(Images.Variable("ObpRootDirectoryObject", 8), _kernel.Ob.Root);
        Memory.WritePointer(Images.Variable("ObpTypeObjectType", 8), _kernel.Ob.TypeAddress(ObjectKind.Type));
        Memory.WritePointer(Images.Variable("ObpDirectoryObjectType", 8), _kernel.Ob.TypeAddress(ObjectKind.Directory));
        if (new EProcess(Memory, _kernel.Ps.SystemProcess).ObjectTable is { } handles)
            Memory.WritePointer(Images.Variable("ObpKernelHandleTable", 8), handles.Address);
        var table = Images.Variable("ObTypeIndexTable", 8 * 256);
        foreach (var kind in Enum.GetValues<ObjectKind>())
            Memory.WritePointer(table + (8 * ((int)kind + 2)), _kernel.Ob.TypeAddress(kind));

        // Offset of the optional header of the highest bit of a mask, for every mask (dump-format 7).
        ReadOnlySpan<byte> sizes = [0x20, 0x20, 0x10, 0x20, 0x10, 0x10, 0x10, 4];
        var offsets = new byte[256];
        for (var mask = 1; mask < 256; mask++)
        {
            for (var bit = 0; bit < 8; bit++)
                offsets[mask] += (mask & (1 << bit)) != 0 ? sizes[bit] : (byte)0;
        }

        Memory.Write(Images.Variable("ObpInfoMaskToOffset", 256), offsets);
        Memory.WritePointer(Images.Variable("IopRootDeviceNode", 8), _kernel.Pnp.Root.Node);
        Memory.WritePointer(Images.Variable("MmUnloadedDrivers", 8), Images.UnloadedHistory);
        Memory.WriteUInt32(Images.Variable("MmLastUnloadedDriver", 4), (uint)Images.Unloaded.Count);
    }

    /// <summary>List heads that the lab has no use for are empty, not zero.</summary>
    private void PublishLists()
    {
        string[] heads =
        [
            "IopPendingSurpriseRemovals", "IopPendingEjects", "PnpProfileNotifyList", "PnpDeferredRegistrationList", "PnpKsrNotifyList",
            "KeBugCheckCallbackListHead", "KeBugCheckReasonCallbackListHead", "IopNotifyShutdownQueueHead", "IopNotifyLastChanceShutdownQueueHead",
            "IopFsNotifyChangeQueueHead", "IopDiskFileSystemQueueHead", "IopCdRomFileSystemQueueHead", "IopNetworkFileSystemQueueHead",
            "IopTapeFileSystemQueueHead", "PopRegisteredPowerSettingCallbacks", "PopPowerSettings", "WmipInUseRegEntryHead", "PopCoalRegistrationList", "RtlpDebugPrintCallbackList",
            "PspSiloMonitorList", "ExpHostList", "ExpCallbackListHead", "IopDriverReinitializeQueueHead", "IopBootDriverReinitializeQueueHead",
            "ExpFirmwareTableProviderListHead", "IopTimerQueueHead", "PopIrpList", "PopIrpThreadList", "IopErrorLogListHead", "VfSuspectDriversList",
        ];
        foreach (var head in heads)
        {
            if (Memory.Layout.FindSymbol(head) is not null)
                _kernel.Ke.InitializeList(Images.Variable(head, 16));
        }

        var classes = Images.Variable("PnpDeviceClassNotifyList", 16 * ClassBuckets);
        for (var bucket = 0; bucket < ClassBuckets; bucket++)
            _kernel.Ke.InitializeList(classes + (16 * bucket));
    }

    private const int ClassBuckets = 13;
}
