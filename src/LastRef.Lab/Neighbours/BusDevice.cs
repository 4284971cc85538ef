using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A device on the lab's bus that answers requests and may keep some until they are cancelled, aborted, or the device goes.</summary>
internal abstract class BusDevice : IBusDevice
{
    private readonly NtKernel _kernel;
    private readonly List<Irp> _kept = [];
    private readonly VirtualAddress _cancel;

    protected BusDevice(NtKernel kernel)
    {
        _kernel = kernel;
        _cancel = kernel.Internal.Define(OnCancel);
    }

    protected NtKernel Kernel => _kernel;

    protected MutableTarget Memory => _kernel.Memory;

    /// <summary>True once it was pulled out.</summary>
    protected bool IsGone { get; private set; }

    /// <summary>What a request gets that a device which is gone was asked for.</summary>
    protected virtual NtStatus GoneStatus => NtStatus.NoSuchDevice;

    public async GuestTask<NtStatus?> Handle(Irp irp, IoStackLocation location)
    {
        switch (location.MajorFunction)
        {
            case IrpMajor.Pnp:
                // REMOVE and STOP end what a driver left behind; the bus answers the request itself.
                if ((PnpMinor)location.MinorFunction is PnpMinor.RemoveDevice or PnpMinor.StopDevice or PnpMinor.SurpriseRemoval)
                    await FinishKept(_ => true, IsGone ? GoneStatus : NtStatus.Cancelled);
                return await HandlePnp(irp, location);
            case IrpMajor.Power or IrpMajor.SystemControl or IrpMajor.Close or IrpMajor.Create:
                return null;
            case IrpMajor.Cleanup:
                await FinishKept(kept => kept.CurrentStackLocation?.FileObject?.Address == location.FileObject?.Address && location.FileObject is not null, NtStatus.Cancelled);
                return null;
        }

        if (IsGone)
        {
            OnFailed(irp, GoneStatus);
            return await _kernel.Io.Complete(irp, GoneStatus, 0);
        }

        return await HandleRequest(irp, location);
    }

    public void Unplugged()
    {
        IsGone = true;
        _kernel.Ex.QueueWork(_ => FinishKept(_ => true, GoneStatus));
    }

    /// <summary>A request for what the device does.</summary>
    /// <returns>Null when the bus's own refusal stands.</returns>
    protected abstract GuestTask<NtStatus?> HandleRequest(Irp irp, IoStackLocation location);

    /// <summary>A PnP request; null leaves it to the bus.</summary>
    protected virtual GuestTask<NtStatus?> HandlePnp(Irp irp, IoStackLocation location) => GuestTask.FromResult<NtStatus?>(null);

    /// <summary>Something of the request that shows its status, beside the IRP.</summary>
    protected virtual void OnFailed(Irp irp, NtStatus status)
    {
    }

    protected async GuestTask<NtStatus?> Complete(Irp irp, NtStatus status, ulong information = 0) => await _kernel.Io.Complete(irp, status, information);

    /// <summary>Keeps a request as a driver does that marks it pending (Doc: "Cancel Routines").</summary>
    protected async GuestTask<NtStatus?> Keep(Irp irp, IoStackLocation location)
    {
        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        if (irp.Cancel)
        {
            OnFailed(irp, NtStatus.Cancelled);
            await _kernel.Io.Complete(irp, NtStatus.Cancelled, 0);
            return NtStatus.Pending;
        }

        irp.SetCancelRoutine(Memory, _cancel);
        _kept.Add(irp);
        return NtStatus.Pending;
    }

    /// <summary>Completes kept requests, oldest first.</summary>
    protected async GuestTask FinishKept(Func<Irp, bool> which, NtStatus status)
    {
        foreach (var irp in _kept.Where(which).ToArray())
        {
            if (!_kept.Remove(irp))
                continue;
            irp.SetCancelRoutine(Memory, VirtualAddress.Null);
            OnFailed(irp, status);
            await _kernel.Io.Complete(irp, status, 0);
        }
    }

    /// <summary>The memory of an IRP's buffer, whichever way it is handed over; null when there is none.</summary>
    protected VirtualAddress BufferOf(Irp irp) =>
        irp.MdlAddress is { } mdl ? MapMdl(mdl) : !irp.SystemBuffer.IsNull ? irp.SystemBuffer : irp.UserBuffer;

    protected VirtualAddress MapMdl(Mdl mdl) => _kernel.Mm.MmMapLockedPagesSpecifyCache(mdl, 0, 1, VirtualAddress.Null, 0, 0);

    private async GuestTask<ulong> OnCancel(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        _kernel.Io.IoReleaseCancelSpinLock(irp.CancelIrql);
        if (_kept.Remove(irp))
        {
            OnFailed(irp, NtStatus.Cancelled);
            await _kernel.Io.Complete(irp, NtStatus.Cancelled, 0);
        }

        return 0;
    }
}
