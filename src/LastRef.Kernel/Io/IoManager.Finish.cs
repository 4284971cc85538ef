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

        if ((irp.Flags & IrpFlags.PagingIo) != 0)
        {
            FinishPaging(irp);
            return;
        }

        if ((irp.Flags & IrpFlags.DeferIoCompletion) != 0 && !irp.PendingReturned)
        {
            // The sender's system service does the rest when the dispatch routine has returned (IRP_DEFER_IO_COMPLETION, wdm.h).
            _deferred.Add(irp.Address);
            return;
        }

        await FinishForSender(irp);
    }

    /// <summary>Requests whose last part waits for their dispatch routine to return.</summary>
    private readonly HashSet<VirtualAddress> _deferred = [];

    /// <summary>Does what a request's completion left for its sender; nothing when it left nothing.</summary>
    private GuestTask FinishDeferred(Irp irp) => _deferred.Remove(irp.Address) ? FinishForSender(irp) : GuestTask.CompletedTask;

    /// <summary>The memory manager's own reads and writes: status and event, no buffers, MDLs or file object to give back (IRP_SYNCHRONOUS_PAGING_IO, wdm.h).</summary>
    private void FinishPaging(Irp irp)
    {
        if ((irp.Flags & IrpFlags.SynchronousPagingIo) == 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "an asynchronous paging request that came back to the I/O manager");
        WriteStatusBlock(irp, irp.IoStatus.Status);
        if (irp.UserEvent is { } done)
            _kernel.Ke.Signal(done.Address, 1);
        FreeIrp(irp);
    }

    private async GuestTask FinishForSender(Irp irp)
    {
        UnlockMdls(irp);
        if (irp.Thread is null)
        {
            // A packet of IoAllocateIrp belongs to its driver, whose completion routine has to keep it.
            throw MachineStopException.BugCheck(
                0xA, "a packet of IoAllocateIrp came back to the I/O manager: its completion routine must return STATUS_MORE_PROCESSING_REQUIRED",
                0, (ulong)Irql.Dispatch, 1, irp.Address.Value);
        }

        var status = irp.IoStatus.Status;
        CopyBufferedResult(irp, status);
        FreeMdls(irp);
        var file = irp.OriginalFileObject;
        var isError = status.Code >> 30 == 3;
        var isSynchronous = (irp.Flags & (IrpFlags.SynchronousApi | IrpFlags.PagingIo)) != 0
            || (file is { } open && (open.Flags & FileObjectFlags.SynchronousIo) != 0);
        var userEvent = irp.UserEvent;
        if (!isError || (irp.PendingReturned && !isSynchronous))
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

        var heldThread = file is { } queued && (queued.Flags & FileObjectFlags.SynchronousIo) == 0 ? irp.Thread : null;
        var ownsEvent = userEvent is not null && file is not null;
        if (!irp.UserApcRoutine.IsNull && file is not null)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "an I/O request with a completion APC");
        FreeIrp(irp);
        if (ownsEvent)
            await _kernel.Ob.Dereference(userEvent!.Value.Address, ReferenceCause.PendingIrp, irp.Address);
        if (heldThread is { } thread)
            await _kernel.Ob.Dereference(thread.Address, ReferenceCause.PendingIrp, irp.Address);
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
