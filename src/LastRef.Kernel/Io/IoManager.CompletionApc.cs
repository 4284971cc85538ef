using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The APCs that end requests in the thread that sent them (Doc: "Types of APCs", "Completing IRPs", "I/O Completion Routines", WDK).</summary>
/// <remarks>They lie in the packet itself, over the fields of its tail (IRP.Tail.Apc, public symbols).</remarks>
internal sealed partial class IoManager
{
    private VirtualAddress _completionApc;
    private VirtualAddress _pageWriteApc;
    private VirtualAddress _userApc;

    private VirtualAddress CompletionApc => Defined(ref _completionApc, CompleteInThread);

    private VirtualAddress PageWriteApc => Defined(ref _pageWriteApc, CompletePageWrite);

    private VirtualAddress UserApc => Defined(ref _userApc, FreeBeforeUserApc);

    /// <summary>
    /// Whether a request waits for its thread to take its special kernel APC: one of the thread's own list does, one of its file's list
    /// (<see cref="QueueToFile"/>) does not, nor one whose thread has ended.
    /// </summary>
    private bool IsFinishedInThread(Irp irp, EThread thread)
    {
        var isOfFile = irp.UserApcRoutine.IsNull && irp.OriginalFileObject is { } file && (file.Flags & FileObjectFlags.SynchronousIo) == 0;
        return !isOfFile && _kernel.Ps.ThreadAt(thread.Address) is not null;
    }

    private void QueueCompletionApc(Irp irp, EThread thread, VirtualAddress routine, FileObject? file)
    {
        var ke = _kernel.Ke;
        ke.KeInitializeApc(irp.TailApc, thread.Address, irp.ApcEnvironment, routine, VirtualAddress.Null, VirtualAddress.Null, 0, VirtualAddress.Null);
        ke.KeInsertQueueApc(irp.TailApc, file?.Address ?? VirtualAddress.Null, VirtualAddress.Null, 0);
    }

    /// <summary>The routine that the caller of ZwReadFile and its like gave; its mode is that of the request.</summary>
    private void QueueUserApc(Irp irp)
    {
        _kernel.Ke.RemoveEntry(irp.ThreadListEntry.Address);
        _kernel.Ke.InitializeList(irp.ThreadListEntry.Address);
        var (routine, context, statusBlock) = (irp.UserApcRoutine, irp.UserApcContext, irp.UserIosb);
        _kernel.Ke.KeInitializeApc(
            irp.TailApc, _kernel.CurrentThread.Address, irp.ApcEnvironment, UserApc, VirtualAddress.Null, routine, irp.RequestorMode, context);
        _kernel.Ke.KeInsertQueueApc(irp.TailApc, statusBlock, VirtualAddress.Null, 0);
    }

    /// <summary>Kernel routine of the special APC: the system arguments are the file object and nothing.</summary>
    private async GuestTask<ulong> CompleteInThread(ulong[] arguments)
    {
        var file = Memory.ReadPointer(new VirtualAddress(arguments[3]));
        var thread = new EThread(Memory, _kernel.CurrentThread.Address);
        await FinishForSender(OfApc(arguments[0]), thread, file.IsNull ? null : new FileObject(Memory, file));
        return 0;
    }

    /// <summary>A paging write that nobody waits for: status, the packet, then the routine that the memory manager put into it.</summary>
    private async GuestTask<ulong> CompletePageWrite(ulong[] arguments)
    {
        var irp = OfApc(arguments[0]);
        WriteStatusBlock(irp, irp.IoStatus.Status);
        var (routine, context, statusBlock) = (irp.UserApcRoutine, irp.UserApcContext, irp.UserIosb);
        FreeIrp(irp);
        if (!routine.IsNull)
        {
            await _kernel.CallDriver(
                DriverCallKind.Other, VirtualAddress.Null, _kernel.CurrentThread, routine, context.Value, statusBlock.Value, 0);
        }

        return 0;
    }

    /// <summary>Kernel routine of the APC that brings the caller's routine: the packet goes first.</summary>
    private GuestTask<ulong> FreeBeforeUserApc(ulong[] arguments)
    {
        FreeIrp(OfApc(arguments[0]));
        return GuestTask.FromResult(0UL);
    }

    private Irp OfApc(ulong apc) => new(Memory, new VirtualAddress(apc - (new Irp(Memory, VirtualAddress.Null).TailApc.Address - VirtualAddress.Null)));

    private VirtualAddress Defined(ref VirtualAddress address, Func<ulong[], GuestTask<ulong>> routine)
    {
        if (address.IsNull)
            address = _kernel.Internal.Define(routine);
        return address;
    }
}
