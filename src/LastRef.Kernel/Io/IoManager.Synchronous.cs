using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Requests that the kernel itself sends and waits for.</summary>
internal sealed partial class IoManager
{
    private VirtualAddress _synchronousCompletion;

    /// <summary>Sends a request to a device and waits until it has come back.</summary>
    /// <param name="setup">Fills the stack location that the device's driver gets.</param>
    /// <param name="initialStatus">STATUS_NOT_SUPPORTED for PnP and power requests (U-5.2).</param>
    /// <returns>The final status and information of the IRP.</returns>
    public async GuestTask<(NtStatus Status, ulong Information)> SendSynchronous(
        DeviceObject device, NtStatus initialStatus, Action<IoStackLocation> setup, ulong initialInformation = 0, Action<Irp>? prepare = null)
    {
        var irp = AllocateIrp(device.StackSize);
        prepare?.Invoke(irp);
        irp.IoStatus.SetStatus(Memory, initialStatus);
        irp.IoStatus.SetInformation(Memory, initialInformation);
        irp.SetThread(Memory, new EThread(Memory, _kernel.CurrentThread.Address));
        var done = _kernel.Ke.CreateEvent(synchronization: false);
        var location = NextLocation(irp);
        setup(location);
        if (_synchronousCompletion.IsNull)
            _synchronousCompletion = _kernel.Internal.Define(SynchronousComplete);
        location.SetCompletionRoutine(Memory, _synchronousCompletion);
        location.SetContext(Memory, done);
        location.SetControl(Memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel);

        // The sender holds the device that it sends to: one that deletes itself in REMOVE lives until its routine has returned
        // (inferred: a driver in the field, ftser2k, reads its extension after IoDeleteDevice; U-3.65).
        _kernel.Ob.Reference(device.Address, ReferenceCause.Transient, irp.Address);
        var returned = await IofCallDriver(device, irp);
        if (returned == NtStatus.Pending)
            await _kernel.Ke.WaitFor(WaitSubject.Request, irp.Address, done);
        await _kernel.Ob.Dereference(device.Address, ReferenceCause.Transient, irp.Address);
        var result = (irp.IoStatus.Status, irp.IoStatus.Information);
        FreeIrp(irp);
        _kernel.Ke.DeleteEvent(done);
        return result;
    }

    /// <summary>Reads pages of a file from its file system, past any cache (IRP_PAGING_IO, IRP_NOCACHE; Doc: "IRP_MJ_READ (IFS)").</summary>
    /// <param name="pages">Nonpaged memory that takes the data.</param>
    /// <param name="offset">In bytes from the start of the file; a whole page.</param>
    public GuestTask<(NtStatus Status, ulong Information)> PagingRead(FileObject file, VirtualAddress pages, uint byteCount, long offset) =>
        PagingTransfer(IrpMajor.Read, file, pages, byteCount, offset);

    /// <summary>Writes pages of a file to its file system, past any cache.</summary>
    public GuestTask<(NtStatus Status, ulong Information)> PagingWrite(FileObject file, VirtualAddress pages, uint byteCount, long offset) =>
        PagingTransfer(IrpMajor.Write, file, pages, byteCount, offset);

    private async GuestTask<(NtStatus Status, ulong Information)> PagingTransfer(
        IrpMajor major, FileObject file, VirtualAddress pages, uint byteCount, long offset)
    {
        var mdl = _kernel.Mm.CreateMdl(pages, byteCount);
        _kernel.Mm.MmBuildMdlForNonPagedPool(mdl);
        var result = await SendSynchronous(
            IoGetRelatedDeviceObject(file), NtStatus.Success,
            location =>
            {
                location.SetMajorFunction(Memory, major);
                location.SetFileObject(Memory, file);
                SetTransfer(location, major, byteCount, offset);
            },
            prepare: irp =>
            {
                irp.SetFlags(Memory, IrpFlags.NoCache | IrpFlags.PagingIo | IrpFlags.SynchronousApi);
                irp.SetMdlAddress(Memory, mdl);
                irp.SetUserBuffer(Memory, pages);
            });
        IoFreeMdl(mdl);
        return result;
    }

    /// <summary>Takes the IRP back from the stack: its sender owns it (Doc: IoSetCompletionRoutine, STATUS_MORE_PROCESSING_REQUIRED).</summary>
    private GuestTask<ulong> SynchronousComplete(ulong[] arguments)
    {
        _kernel.Ke.Signal(new VirtualAddress(arguments[2]), 1);
        return GuestTask.FromResult((ulong)(uint)NtStatus.MoreProcessingRequired.Value);
    }
}
