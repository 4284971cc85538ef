using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The last part of a request's completion: results to the sender, memory back to the system (Doc: "Completing IRPs", "IoBuild…", WDK).</summary>
internal sealed partial class IoManager
{
    /// <summary>The packet came back to its sender, the I/O manager.</summary>
    private async GuestTask FinishRequest(Irp irp)
    {
        if ((irp.Flags & IrpFlags.AssociatedIrp) != 0)
        {
            await FinishAssociated(irp);
            return;
        }

        if ((irp.Flags & (IrpFlags.PagingIo | IrpFlags.CloseOperation)) != 0)
        {
            FinishPaging(irp);
            return;
        }

        UnlockMdls(irp);
        if ((irp.Flags & IrpFlags.DeferIoCompletion) != 0 && !irp.PendingReturned)
        {
            // The sender's system service does the rest when the dispatch routine has returned (IRP_DEFER_IO_COMPLETION, wdm.h).
            _deferred.Add(irp.Address);
            return;
        }

        if (irp.Thread is { } thread && IsFinishedInThread(irp, thread))
            QueueCompletionApc(irp, thread, CompletionApc, irp.OriginalFileObject);
        else
            await FinishForSender(irp, irp.Thread, irp.OriginalFileObject);
    }

    /// <summary>Requests whose last part waits for their dispatch routine to return.</summary>
    private readonly HashSet<VirtualAddress> _deferred = [];

    /// <summary>Does what a request's completion left for its sender; nothing when it left nothing.</summary>
    private GuestTask FinishDeferred(Irp irp) =>
        _deferred.Remove(irp.Address) ? FinishForSender(irp, irp.Thread, irp.OriginalFileObject) : GuestTask.CompletedTask;

    /// <summary>
    /// Paging requests and those whose sender only waits for an event (IRP_CLOSE_OPERATION, alias IRP_SET_USER_EVENT): status and event, no buffers,
    /// MDLs or file object to give back. A paging write that nobody waits for is told to its thread by an APC (wdm.h, IRP_*).
    /// </summary>
    private void FinishPaging(Irp irp)
    {
        var flags = irp.Flags;
        if ((flags & (IrpFlags.SynchronousPagingIo | IrpFlags.CloseOperation)) == 0)
        {
            QueueCompletionApc(irp, irp.Thread ?? throw NoSender(irp), PageWriteApc, file: null);
            return;
        }

        WriteStatusBlock(irp, irp.IoStatus.Status);
        var done = irp.UserEvent;
        if ((flags & (IrpFlags.SynchronousPagingIo | IrpFlags.PagingIo)) != 0)
            FreeIrp(irp);
        if (done is { } awaited)
            _kernel.Ke.Signal(awaited.Address, 1);
    }

    /// <summary>A packet of IoAllocateIrp belongs to its driver, whose completion routine has to keep it.</summary>
    private static MachineStopException NoSender(Irp irp) => MachineStopException.BugCheck(
        0xA, "a packet of IoAllocateIrp came back to the I/O manager: its completion routine must return STATUS_MORE_PROCESSING_REQUIRED",
        0, (ulong)Irql.Dispatch, 1, irp.Address.Value);

    /// <param name="thread">Who sent the request; the packet's own field may be an APC by now, as the file object's.</param>
    private async GuestTask FinishForSender(Irp irp, EThread? thread, FileObject? file)
    {
        if (thread is null)
            throw NoSender(irp);
        var status = irp.IoStatus.Status;
        CopyBufferedResult(irp, status);
        FreeMdls(irp);
        var isError = status.Code >> 30 == 3;
        var isSynchronous = (irp.Flags & (IrpFlags.SynchronousApi | IrpFlags.PagingIo)) != 0
            || (file is { } open && (open.Flags & FileObjectFlags.SynchronousIo) != 0);
        var userEvent = irp.UserEvent;
        var isReported = !isError || (irp.PendingReturned && !isSynchronous);
        if (isReported)
        {
            WriteStatusBlock(irp, status);
            SignalDone(irp, file, userEvent, status);
        }
        else if (irp.PendingReturned && file is { } waited)
        {
            // A synchronous caller waits for the event; one whose call failed at once is told by the return value alone.
            if ((irp.Flags & IrpFlags.SynchronousApi) != 0)
                WriteStatusBlock(irp, status);
            waited.SetFinalStatus(Memory, status);
            _kernel.Ke.Signal(userEvent is { } given ? given.Address : waited.Event.Address, 1);
            if (userEvent is not null)
                _kernel.Ke.Signal(waited.Event.Address, 1);
        }

        var heldThread = irp.UserApcRoutine.IsNull && file is { } queued && (queued.Flags & FileObjectFlags.SynchronousIo) == 0 ? thread : null;
        var ownsEvent = userEvent is not null && file is not null;
        if (isReported && !irp.UserApcRoutine.IsNull && file is not null)
            QueueUserApc(irp);
        else
            FreeIrp(irp);
        if (ownsEvent)
            await _kernel.Ob.Dereference(userEvent!.Value.Address, ReferenceCause.PendingIrp, irp.Address);
        if (heldThread is { } asynchronous)
            await _kernel.Ob.Dereference(asynchronous.Address, ReferenceCause.PendingIrp, irp.Address);
        if (file is { } held)
            await _kernel.Ob.Dereference(held.Address, ReferenceCause.PendingIrp, irp.Address);
    }

    private void SignalDone(Irp irp, FileObject? file, KEvent? userEvent, NtStatus status)
    {
        if (userEvent is { } given)
        {
            _kernel.Ke.Signal(given.Address, 1);
            if (file is not { } open || (open.Flags & FileObjectFlags.SynchronousIo) == 0 || (irp.Flags & IrpFlags.ObQueryName) != 0)
                return;
        }

        if (file is { } target)
        {
            target.SetFinalStatus(Memory, status);
            _kernel.Ke.Signal(target.Event.Address, 1);
        }
    }

    private void WriteStatusBlock(Irp irp, NtStatus status)
    {
        if (irp.UserIosb.IsNull)
            return;
        var block = new IoStatusBlock(Memory, irp.UserIosb);
        try
        {
            block.SetStatus(Memory, status);
            block.SetInformation(Memory, irp.IoStatus.Information);
        }
        catch (TargetReadException) when (!irp.UserIosb.IsKernel)
        {
            // An application that freed its status block gets no status; the kernel goes on.
        }
        catch (TargetReadException unmapped)
        {
            throw MachineStopException.BugCheck(
                0x50, "the status block of a request was gone when the request completed", unmapped.Address.Value, 1);
        }
    }

    /// <summary>What a buffered request read goes to the caller's buffer; the system buffer is freed.</summary>
    private void CopyBufferedResult(Irp irp, NtStatus status)
    {
        var flags = irp.Flags;
        if ((flags & IrpFlags.BufferedIo) == 0)
            return;
        if ((flags & IrpFlags.InputOperation) != 0 && status != NtStatus.VerifyRequired && status.Code >> 30 != 3)
            CopyOut(irp.SystemBuffer, irp.UserBuffer, irp.IoStatus.Information);
        if ((flags & IrpFlags.DeallocateBuffer) != 0 && !irp.SystemBuffer.IsNull)
            _kernel.Ex.NonPagedPool.Free(irp.SystemBuffer);
        irp.SetFlags(Memory, flags & ~(IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer | IrpFlags.InputOperation));
    }

    private void CopyOut(VirtualAddress from, VirtualAddress to, ulong byteCount)
    {
        Span<byte> part = stackalloc byte[512];
        for (var done = 0UL; done < byteCount; done += (ulong)part.Length)
        {
            var piece = part[..(int)Math.Min((ulong)part.Length, byteCount - done)];
            if (!Memory.TryRead(from + done, piece, out _))
            {
                throw MachineStopException.BugCheck(
                    0x50, $"a driver completed a buffered request with IoStatus.Information {byteCount}, more than the system buffer holds",
                    (from + done).Value);
            }

            if (Memory.TryWrite(to + done, piece))
                continue;
            if (to.IsKernel)
                throw MachineStopException.BugCheck(0x50, "the caller's buffer was gone when its request completed", (to + done).Value, 1);
            return;
        }
    }

    private async GuestTask FinishAssociated(Irp irp)
    {
        var master = irp.MasterIrp ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
        UnlockMdls(irp);
        FreeMdls(irp);
        FreeIrp(irp);
        var left = master.IrpCount - 1;
        master.SetIrpCount(Memory, left);
        if (left == 0)
            await IofCompleteRequest(master, 0);
    }

    private void UnlockMdls(Irp irp)
    {
        for (var mdl = irp.MdlAddress; mdl is { } m; mdl = m.Next)
            _kernel.Mm.Unlock(m);
    }

    private void FreeMdls(Irp irp)
    {
        for (var mdl = irp.MdlAddress; mdl is { } m;)
        {
            mdl = m.Next;
            IoFreeMdl(m);
        }

        irp.SetMdlAddress(Memory, null);
    }
}
