using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Requests through handles: what NtDeviceIoControlFile, NtReadFile and their like do, and the same for clients in C#.</summary>
internal sealed partial class IoManager
{
    private const uint FileReadData = 1;
    private const uint FileWriteData = 2;

    /// <summary>SL_READ_ACCESS_GRANTED and SL_WRITE_ACCESS_GRANTED of IO_STACK_LOCATION.Flags (wdm.h).</summary>
    private const int ReadAccessGranted = 1;

    private const int WriteAccessGranted = 4;

    /// <summary>Sends a control code from a client; buffers lie in the client's user space.</summary>
    /// <returns>With a handle opened for synchronous I/O the final result; else perhaps a request that goes on.</returns>
    public GuestTask<IoResult> DeviceControl(
        VirtualAddress process, HandleValue handle, uint code, ReadOnlyMemory<byte> input, uint outputBytes, bool userMode = true) =>
        SendFromClient(process, handle, input, outputBytes, userMode, (irp, location, memory, output) =>
        {
            location.SetMajorFunction(Memory, IrpMajor.DeviceControl);
            AttachControlBuffers(irp, location, code, memory, (uint)input.Length, output, outputBytes, userMode);
        });

    /// <summary>Reads through a client's handle.</summary>
    public GuestTask<IoResult> Read(VirtualAddress process, HandleValue handle, uint length, long offset = 0, bool userMode = true) =>
        SendFromClient(process, handle, default, length, userMode, (irp, location, _, output) =>
            SetUpTransfer(irp, location, IrpMajor.Read, output, length, offset, userMode));

    /// <summary>Writes through a client's handle.</summary>
    public GuestTask<IoResult> Write(
        VirtualAddress process, HandleValue handle, ReadOnlyMemory<byte> data, long offset = 0, bool userMode = true) =>
        SendFromClient(process, handle, data, 0, userMode, (irp, location, input, _) =>
            SetUpTransfer(irp, location, IrpMajor.Write, input, (uint)data.Length, offset, userMode));

    /// <summary>Asks for the cancellation of a client's request (CancelIoEx).</summary>
    /// <returns>False when it is complete already or has no cancel routine.</returns>
    public GuestTask<bool> Cancel(PendingRequest request) =>
        IsComplete(request) ? GuestTask.FromResult(false) : CancelIrp(new Irp(Memory, request.Irp));

    public bool IsComplete(PendingRequest request) => request.Result is not null || new IoStatusBlock(Memory, request.Iosb).Status != NtStatus.Pending;

    /// <summary>Waits until a client's request is complete.</summary>
    public async GuestTask<IoResult> WaitFor(PendingRequest request)
    {
        var done = new FileObject(Memory, request.File).Event.Address;
        while (!IsComplete(request))
        {
            // Another request of the same file may have set the event.
            _kernel.Ke.Signal(done, 0);
            await _kernel.Ke.WaitFor(WaitSubject.Request, request.Irp, done);
        }

        return Collect(request);
    }

    private void SetUpTransfer(
        Irp irp, IoStackLocation location, IrpMajor major, VirtualAddress buffer, uint length, long offset, bool userMode)
    {
        location.SetMajorFunction(Memory, major);
        var file = location.FileObject ?? throw new InvariantException("A transfer was set up without its file.");
        AttachTransferBuffer(irp, IoGetRelatedDeviceObject(file), major, buffer, length, userMode);
        SetTransfer(location, major, length, offset);
    }

    private async GuestTask<IoResult> SendFromClient(
        VirtualAddress process, HandleValue handle, ReadOnlyMemory<byte> input, uint outputBytes, bool userMode,
        Action<Irp, IoStackLocation, VirtualAddress, VirtualAddress> setup)
    {
        var iosbBytes = (IoStatusBlock.SizeOf(Memory.Layout) + 15) & ~15;
        var inputBytes = (input.Length + 15) & ~15;
        var bytes = (ulong)(iosbBytes + inputBytes) + outputBytes;
        var buffer = _kernel.Mm.AllocateUser(process, bytes);
        var output = buffer + iosbBytes + inputBytes;
        Memory.Write(buffer + iosbBytes, input.Span);
        new IoStatusBlock(Memory, buffer).SetStatus(Memory, NtStatus.Pending);
        VirtualAddress sent = default;
        VirtualAddress target = default;
        var status = await SendThroughHandle(process, handle, buffer, default, userMode, (irp, location) =>
        {
            (sent, target) = (irp.Address, location.FileObject?.Address ?? VirtualAddress.Null);
            setup(irp, location, buffer + iosbBytes, output);
        });
        var request = new PendingRequest(sent, target, buffer, buffer, bytes, output, outputBytes);
        if (status == NtStatus.Pending)
            return new IoResult(status, 0, [], request);

        // A call that failed at once does not write the status block; its return value is the result.
        var result = IsComplete(request) ? Collect(request) : Discard(request);
        return result with { Status = status };
    }

    private IoResult Collect(PendingRequest request)
    {
        if (request.Result is { } taken)
            return taken;
        var block = new IoStatusBlock(Memory, request.Iosb);
        var (status, information) = (block.Status, block.Information);
        var output = new byte[Math.Min(information, request.OutputBytes)];
        Memory.Read(request.Output, output);
        _kernel.Mm.FreeUser(request.Buffer, request.BufferBytes);
        return request.Result = new IoResult(status, information, output);
    }

    private IoResult Discard(PendingRequest request)
    {
        _kernel.Mm.FreeUser(request.Buffer, request.BufferBytes);
        return new IoResult(NtStatus.Pending, 0, []);
    }

    /// <summary>Sends a request through a handle on the running thread.</summary>
    /// <param name="event">An event object that the completion sets besides the file's own; null for none.</param>
    /// <param name="setup">Fills the packet and the first location, which has its file object already.</param>
    /// <param name="apc">What the calling thread runs when the request is complete; such a request is the thread's own.</param>
    /// <returns>STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, what the driver returned, or, synchronously, the final status.</returns>
    private async GuestTask<NtStatus> SendThroughHandle(
        VirtualAddress process, HandleValue handle, VirtualAddress statusBlock, VirtualAddress @event, bool userMode, Action<Irp, IoStackLocation> setup,
        (VirtualAddress Routine, VirtualAddress Context) apc = default)
    {
        if (_kernel.Ob.FindHandle(process, handle) is not { } open)
            return NtStatus.InvalidHandle;
        if (_kernel.Ob.KindOf(open.Body) != ObjectKind.File)
            return NtStatus.ObjectTypeMismatch;
        var file = new FileObject(Memory, open.Body);
        var isSynchronous = (file.Flags & FileObjectFlags.SynchronousIo) != 0;
        _kernel.Ob.Reference(open.Body, ReferenceCause.Transient);
        if (isSynchronous)
            await LockFile(file);
        _kernel.Ke.Signal(file.Event.Address, 0);
        var top = IoGetRelatedDeviceObject(file);
        var irp = AllocateIrp(top.StackSize);
        irp.SetRequestorMode(Memory, userMode ? (sbyte)UserMode : (sbyte)0);
        irp.SetUserIosb(Memory, statusBlock);
        irp.SetUserApcRoutine(Memory, apc.Routine);
        irp.SetUserApcContext(Memory, apc.Context);
        irp.SetOriginalFileObject(Memory, file);
        var location = NextLocation(irp);
        location.SetFileObject(Memory, file);

        // U-3.74: what a driver keeps of this packet keeps the file object, and so the Io count.
        _kernel.Ob.Reference(open.Body, ReferenceCause.PendingIrp, irp.Address);
        if (!@event.IsNull)
        {
            _kernel.Ob.Reference(@event, ReferenceCause.PendingIrp, irp.Address);
            _kernel.Ke.Signal(@event, 0);
            irp.SetUserEvent(Memory, new KEvent(Memory, @event));
        }

        NtStatus status;
        try
        {
            setup(irp, location);
        }
        catch (Exception bad) when (bad is TargetReadException or GuestRaisedException)
        {
            // The caller's buffers are bad: nothing was sent (Doc: NtDeviceIoControlFile returns STATUS_ACCESS_VIOLATION).
            await Abandon(irp, open.Body, @event);
            status = NtStatus.AccessViolation;
            if (isSynchronous)
                UnlockFile(file);
            await _kernel.Ob.Dereference(open.Body, ReferenceCause.Transient);
            return status;
        }

        if (!GrantControl(location, open.GrantedAccess, userMode))
        {
            await Abandon(irp, open.Body, @event);
            if (isSynchronous)
                UnlockFile(file);
            await _kernel.Ob.Dereference(open.Body, ReferenceCause.Transient);
            return NtStatus.AccessDenied;
        }

        if (isSynchronous || !apc.Routine.IsNull)
            QueueToThread(irp);
        else
            QueueToFile(irp, file);
        irp.SetFlags(Memory, irp.Flags | IrpFlags.DeferIoCompletion);
        status = await IofCallDriver(top, irp);
        await FinishDeferred(irp);
        if (isSynchronous)
        {
            if (status == NtStatus.Pending)
            {
                await _kernel.Ke.WaitFor(WaitSubject.Request, irp.Address, file.Event.Address);
                status = file.FinalStatus;
            }

            UnlockFile(file);
        }

        await _kernel.Ob.Dereference(open.Body, ReferenceCause.Transient);
        return status;
    }

    /// <summary>Checks the access that a control code asks for against the handle's, and notes what the handle has (Doc: "Defining I/O Control Codes").</summary>
    private bool GrantControl(IoStackLocation location, uint grantedAccess, bool userMode)
    {
        if (location.MajorFunction is not (IrpMajor.DeviceControl or IrpMajor.FileSystemControl))
            return true;
        var canRead = (grantedAccess & FileReadData) != 0;
        var canWrite = (grantedAccess & FileWriteData) != 0;
        location.SetFlags(Memory, (byte)((canRead ? ReadAccessGranted : 0) | (canWrite ? WriteAccessGranted : 0)));
        var needed = (location.IoControlCode >> 14) & 3;
        return !userMode || (((needed & FileReadData) == 0 || canRead) && ((needed & FileWriteData) == 0 || canWrite));
    }

    /// <summary>
    /// An asynchronous request belongs to its file object and outlives its thread, whose object it holds
    /// (U-1.17, FILE_OBJECT.IrpList; Doc: "Canceling Pending I/O Operations", Win32).
    /// </summary>
    private void QueueToFile(Irp irp, FileObject file)
    {
        var thread = new EThread(Memory, _kernel.CurrentThread.Address);
        irp.SetThread(Memory, thread);
        _kernel.Ob.Reference(thread.Address, ReferenceCause.PendingIrp, irp.Address);
        _kernel.Ke.InsertTail(file.IrpList.Address, irp.ThreadListEntry.Address);
    }

    private async GuestTask Abandon(Irp irp, VirtualAddress file, VirtualAddress @event)
    {
        if ((irp.Flags & IrpFlags.DeallocateBuffer) != 0)
            _kernel.Ex.NonPagedPool.Free(irp.SystemBuffer);
        FreeIrp(irp);
        if (!@event.IsNull)
            await _kernel.Ob.Dereference(@event, ReferenceCause.PendingIrp, irp.Address);
        await _kernel.Ob.Dereference(file, ReferenceCause.PendingIrp, irp.Address);
    }

    /// <summary>Requests through a synchronous file object go one after the other (Doc: FO_SYNCHRONOUS_IO).</summary>
    private async GuestTask LockFile(FileObject file)
    {
        while (file.Busy != 0)
        {
            file.SetWaiters(Memory, file.Waiters + 1);
            await _kernel.Ke.Wait(file.Lock.Address);
            file.SetWaiters(Memory, file.Waiters - 1);
        }

        file.SetBusy(Memory, 1);
    }

    private void UnlockFile(FileObject file)
    {
        file.SetBusy(Memory, 0);
        if (file.Waiters != 0)
            _kernel.Ke.Signal(file.Lock.Address, 1);
    }
}
