using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The file system run-time library: what file systems have in common.</summary>
/// <remarks>Doc: ntifs.h and the FsRtl reference of the WDK. Structures that drivers hold are in their layout; what hangs below them is ours, in pool.</remarks>
internal sealed partial class FileSystemLibrary(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Whether a status is one that a file system may hand on from an exception, or a sign of a fault.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "FsRtlIsNtstatusExpected, ntifs.h")]
    internal NtBoolean FsRtlIsNtstatusExpected(NtStatus exception)
    {
        NtStatus[] faults = [NtStatus.DatatypeMisalignment, NtStatus.AccessViolation, NtStatus.IllegalInstruction, NtStatus.InstructionMisalignment];
        return !Array.Exists(faults, fault => fault == exception);
    }

    /// <summary>An expected status as it is, any other as the generic one.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "FsRtlNormalizeNtstatus, ntifs.h")]
    internal NtStatus FsRtlNormalizeNtstatus(NtStatus exception, NtStatus genericException) =>
        FsRtlIsNtstatusExpected(exception) ? exception : genericException;

    /// <summary>Registers callbacks around the locks that the memory and cache managers take; the lab's managers take none.</summary>
    /// <param name="callbacks">FS_FILTER_CALLBACKS: its size, a reserved word, then routines. The driver object keeps a copy.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlRegisterFileSystemFilterCallbacks, ntifs.h")]
    internal NtStatus FsRtlRegisterFileSystemFilterCallbacks(DriverObject filterDriverObject, VirtualAddress callbacks)
    {
        const uint smallest = 8, largest = 8 + (14 * 8);
        if (callbacks.IsNull || Memory.ReadUInt32(callbacks) is var bytes && bytes is < smallest or > largest)
            return NtStatus.InvalidParameter;
        var extension = filterDriverObject.DriverExtension ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
        var content = new byte[bytes];
        Memory.Read(callbacks, content);
        if (!extension.FsFilterCallbacks.IsNull)
            Free(extension.FsFilterCallbacks);
        extension.SetFsFilterCallbacks(Memory, Allocate((int)largest));
        Memory.Write(extension.FsFilterCallbacks, content);
        return NtStatus.Success;
    }

    /// <summary>Registers a file system for network names; the lab has no provider of such names that it could stand beside.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlRegisterUncProvider, ntifs.h", Missing = "network names: no redirector opens through the provider")]
    internal NtStatus FsRtlRegisterUncProvider(Out<HandleValue> mupHandle, UnicodeString redirectorDeviceName, NtBoolean mailslotsSupported)
    {
        throw MachineStopException.Unsupported(
            UnsupportedKind.Case, $"FsRtlRegisterUncProvider of {redirectorDeviceName.ToText()}: the lab has no multiple UNC provider");
    }

    /// <summary>Frees the contexts that filters hung onto a stream (FSRTL_ADVANCED_FCB_HEADER.FilterContexts, at 40h).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlTeardownPerStreamContexts, ntifs.h")]
    internal async GuestTask FsRtlTeardownPerStreamContexts(VirtualAddress advancedHeader)
    {
        const int filterContexts = 0x40, freeCallback = 0x20;
        const int limit = 4096;
        var head = advancedHeader + filterContexts;
        if (Memory.ReadPointer(head).IsNull)
            return;
        for (var i = 0; i < limit && _kernel.Ke.RemoveHead(head) is { } context; i++)
        {
            // FSRTL_PER_STREAM_CONTEXT: Links 0, OwnerId 10h, InstanceId 18h, FreeCallback 20h.
            var routine = Memory.ReadPointer(context + freeCallback);
            await _kernel.CallDriver(DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, routine, context.Value);
        }
    }

    /// <summary>A block of ours in nonpaged pool, zeroed.</summary>
    private VirtualAddress Allocate(int bytes)
    {
        var block = _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, PoolTags.Of("FSrt"), null);
        Memory.Clear(block, bytes);
        return block;
    }

    private void Free(VirtualAddress block) => _kernel.Ex.NonPagedPool.Free(block);

    /// <summary>The entries of a list of ours, first to last; safe against removing the one that is looked at.</summary>
    private IEnumerable<VirtualAddress> Entries(VirtualAddress head)
    {
        var entry = new ListEntry(Memory, head).Flink;
        while (entry != head && !entry.IsNull)
        {
            var next = new ListEntry(Memory, entry).Flink;
            yield return entry;
            entry = next;
        }
    }
}
