using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Passing requests down a stack and back up (Doc: "Passing IRPs down the driver stack", "Completing IRPs", WDK).</summary>
internal sealed partial class IoManager
{
    private const StackLocationControl InvokeAlways =
        StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel;

    // Parameter 1 of bug check 0xC9, DRIVER_VERIFIER_IOMANAGER_VIOLATION (Doc: "Bug Check 0xC9").
    private const ulong FreedNoIrp = 0x01;
    private const ulong FreedThreadedIrp = 0x02;
    private const ulong CallOfNoIrp = 0x03;
    private const ulong IrqlChanged = 0x05;
    private const ulong CompletedAsPending = 0x06;
    private const ulong CompletedCancelable = 0x07;
    private const ulong NeitherPassedNorCompleted = 0x226;

    /// <summary>Requests that a dispatch routine is working on, each with whether it has done its part; empty while no driver runs.</summary>
    private readonly Dictionary<VirtualAddress, DispatchedRequest> _dispatched = [];

    /// <summary>Gives a request to the driver of a device.</summary>
    /// <returns>What the driver's dispatch routine returned.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IofCallDriver, WDK reference; bug check 0x35")]
    [KernelExport("ntoskrnl.exe", Name = "IoCallDriver", MaxIrql = Irql.Dispatch, Doc = "IoCallDriver, WDK reference")]
    internal async GuestTask<NtStatus> IofCallDriver(DeviceObject deviceObject, Irp irp)
    {
        if (irp.Type != IrpType)
            throw Violation(CallOfNoIrp, "IoCallDriver was given something that is no IRP, or no longer one", irp.Address.Value);
        var number = irp.CurrentLocation - 1;
        if (number <= 0)
            throw MachineStopException.BugCheck(0x35, "an IRP was sent down with no stack location left", irp.Address.Value);
        irp.SetCurrentLocation(Memory, (sbyte)number);
        var location = NextLocation(irp);
        irp.SetCurrentStackLocation(Memory, location);
        location.SetDeviceObject(Memory, deviceObject);
        var driver = deviceObject.DriverObject ?? throw new TargetReadException(deviceObject.DriverObjectAddress, ReadFailure.NotMapped);
        var (major, minor, file) = (location.MajorFunction, location.MinorFunction, location.FileObject?.Address ?? VirtualAddress.Null);
        if ((int)major >= MajorFunctions)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a request with major function 0x{(byte)major:x}");
        RecordIrp(IrpStep.Sent, irp, location, irp.IoStatus.Status);
        var irql = _kernel.Ke.CurrentIrql;
        var above = _dispatched.GetValueOrDefault(irp.Address);
        above?.IsHandedOn = true;
        var own = _dispatched[irp.Address] = new DispatchedRequest();
        var routine = driver.MajorFunction[(int)major];
        var status = new NtStatus((int)await _kernel.CallDriver(
            DriverCallKind.Dispatch, driver.Address, _kernel.CurrentThread, routine, deviceObject.Address.Value, irp.Address.Value));
        if (above is null)
            _dispatched.Remove(irp.Address);
        else
            _dispatched[irp.Address] = above;

        if (_kernel.Options.Verifier && _kernel.Ke.CurrentIrql != irql)
        {
            throw Violation(
                IrqlChanged, "a dispatch routine returned at another IRQL than it was called at", deviceObject.Address.Value,
                (ulong)irql, (ulong)_kernel.Ke.CurrentIrql);
        }

        if (_kernel.Options.Verifier && status != NtStatus.Pending && !own.IsHandedOn)
        {
            throw Violation(
                NeitherPassedNorCompleted, $"a dispatch routine returned {status} for an IRP that it neither completed nor passed down", routine.Value, irp.Address.Value);
        }

        // The packet may be gone by now: the record uses what was read before.
        if (status == NtStatus.Pending)
        {
            _kernel.Record(new IrpRecord(
                IrpStep.Pended, irp.Address, (byte)major, minor, deviceObject.Address, driver.Address, file, status));
        }

        return status;
    }

    /// <summary>Ends a driver's work on a request: completion routines bottom-up, then the sender's part.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IofCompleteRequest, WDK reference; bug check 0x44")]
    [KernelExport("ntoskrnl.exe", Name = "IoCompleteRequest", MaxIrql = Irql.Dispatch, Doc = "IoCompleteRequest, WDK reference")]
    internal async GuestTask IofCompleteRequest(Irp irp, sbyte priorityBoost)
    {
        if (irp.Type != IrpType || irp.CurrentLocation > irp.StackCount + 1)
            throw MachineStopException.BugCheck(0x44, "an IRP was completed twice", irp.Address.Value, 0x1232);
        var location = CurrentLocation(irp);
        RecordIrp(IrpStep.Completed, irp, location, irp.IoStatus.Status);
        _dispatched.GetValueOrDefault(irp.Address)?.IsHandedOn = true;
        if (!irp.IoStatus.Status.IsSuccess)
            _kernel.Pnp.OnFailed(location);
        if (_kernel.Options.Verifier)
            VerifyCompletion(irp);
        for (var number = irp.CurrentLocation + 1; number <= irp.StackCount + 1; number++)
        {
            var above = new IoStackLocation(Memory, location.Address + LocationBytes(Memory.Layout));
            irp.SetCurrentLocation(Memory, (sbyte)number);
            irp.SetCurrentStackLocation(Memory, above);
            var isTop = number == irp.StackCount + 1;
            var control = location.Control;
            irp.SetPendingReturned(Memory, (control & StackLocationControl.PendingReturned) != 0);
            var routine = location.CompletionRoutine;
            var context = location.Context;
            if (IsInvoked(irp, control, routine))
            {
                ClearLocation(location);
                var device = isTop ? null : above.DeviceObject;
                var result = await CallCompletion(device, irp, routine, context);
                if (result == NtStatus.MoreProcessingRequired)
                    return;
            }
            else
            {
                // Without a completion routine the mark travels up by itself (Doc: IoMarkIrpPending).
                if (irp.PendingReturned && !isTop)
                    above.SetControl(Memory, above.Control | StackLocationControl.PendingReturned);
                ClearLocation(location);
            }

            location = above;
        }

        irp.SetCurrentLocation(Memory, (sbyte)(irp.StackCount + 2));
        await FinishRequest(irp);
    }

    /// <summary>Sets a completion routine that holds the driver until it has run.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.60")]
    internal NtStatus IoSetCompletionRoutineEx(
        DeviceObject deviceObject, Irp irp, VirtualAddress completionRoutine, VirtualAddress context,
        NtBoolean invokeOnSuccess, NtBoolean invokeOnError, NtBoolean invokeOnCancel)
    {
        // The wrapper's own block carries the routine, so that the packet's location names code of the kernel.
        var block = _kernel.Ex.NonPagedPool.Allocate(24, PoolTags.Io, null);
        Memory.WritePointer(block, completionRoutine);
        Memory.WritePointer(block + 8, context);
        Memory.WritePointer(block + 16, deviceObject.Address);
        _kernel.Ob.Reference(deviceObject.Address, ReferenceCause.CompletionRoutine, block);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.CompletionRoutine, true, block, completionRoutine, deviceObject.Address));
        var location = NextLocation(irp);
        location.SetCompletionRoutine(Memory, HeldCompletion);
        location.SetContext(Memory, block);
        var control = (invokeOnSuccess ? StackLocationControl.InvokeOnSuccess : 0)
            | (invokeOnError ? StackLocationControl.InvokeOnError : 0) | (invokeOnCancel ? StackLocationControl.InvokeOnCancel : 0);
        location.SetControl(Memory, control);
        return NtStatus.Success;
    }

    /// <summary>Sends a request down and waits for it; the caller still has to complete it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "IoForwardIrpSynchronously, WDK reference")]
    internal async GuestTask<NtBoolean> IoForwardIrpSynchronously(DeviceObject deviceObject, Irp irp)
    {
        if (irp.CurrentLocation <= 1)
            return false;
        CopyLocationToNext(irp);
        var done = _kernel.Ke.CreateEvent(synchronization: false);
        var next = NextLocation(irp);
        next.SetCompletionRoutine(Memory, SignalCompletion);
        next.SetContext(Memory, done);
        next.SetControl(Memory, InvokeAlways);
        if (await IofCallDriver(deviceObject, irp) == NtStatus.Pending)
            await _kernel.Ke.WaitFor(WaitSubject.Request, irp.Address, done);
        _kernel.Ke.DeleteEvent(done);
        return true;
    }

    /// <summary>A request in a dispatch routine.</summary>
    private sealed class DispatchedRequest
    {
        /// <summary>The routine has completed it or passed it down.</summary>
        public bool IsHandedOn { get; set; }
    }

    private void VerifyCompletion(Irp irp)
    {
        var status = irp.IoStatus.Status;
        if (status == NtStatus.Pending || status.Value == -1)
            throw Violation(CompletedAsPending, "an IRP was completed with STATUS_PENDING", status.Code, irp.Address.Value);
        if (!irp.CancelRoutine.IsNull)
            throw Violation(CompletedCancelable, "an IRP was completed while its cancel routine was set", irp.CancelRoutine.Value, irp.Address.Value);
    }

    private static MachineStopException Violation(ulong kind, string explanation, ulong second, ulong third = 0, ulong fourth = 0) =>
        MachineStopException.BugCheck(0xC9, explanation, kind, second, third, fourth);

    private VirtualAddress _heldCompletion;

    private VirtualAddress _signalCompletion;

    private VirtualAddress HeldCompletion
    {
        get
        {
            if (_heldCompletion.IsNull)
                _heldCompletion = _kernel.Internal.Define(arguments => RunHeldCompletion(arguments[0], arguments[1], new VirtualAddress(arguments[2])));
            return _heldCompletion;
        }
    }

    private VirtualAddress SignalCompletion
    {
        get
        {
            if (_signalCompletion.IsNull)
                _signalCompletion = _kernel.Internal.Define(SynchronousComplete);
            return _signalCompletion;
        }
    }

    private async GuestTask<ulong> RunHeldCompletion(ulong device, ulong irp, VirtualAddress block)
    {
        var routine = Memory.ReadPointer(block);
        var context = Memory.ReadPointer(block + 8);
        var holder = new DeviceObject(Memory, Memory.ReadPointer(block + 16));
        var result = await _kernel.CallDriver(
            DriverCallKind.Completion, holder.DriverObject?.Address ?? VirtualAddress.Null, _kernel.CurrentThread, routine,
            device, irp, context.Value);
        _kernel.Record(new RegistrationRecord(RegistrationKind.CompletionRoutine, false, block, routine, holder.Address));
        await _kernel.Ob.Dereference(holder.Address, ReferenceCause.CompletionRoutine, block);
        _kernel.Ex.NonPagedPool.Free(block);
        return result;
    }

    private async GuestTask<NtStatus> CallCompletion(DeviceObject? device, Irp irp, VirtualAddress routine, VirtualAddress context)
    {
        var deviceAddress = device?.Address.Value ?? 0;
        if (ImageLoader.ThunkOf(routine) is not null)
        {
            // The kernel's own routines are no story of a driver.
            return new NtStatus((int)await _kernel.CurrentThread.Call(routine, deviceAddress, irp.Address.Value, context.Value));
        }

        var driver = device?.DriverObject?.Address ?? VirtualAddress.Null;
        return new NtStatus((int)await _kernel.CallDriver(
            DriverCallKind.Completion, driver, _kernel.CurrentThread, routine, deviceAddress, irp.Address.Value, context.Value));
    }

    private static bool IsInvoked(Irp irp, StackLocationControl control, VirtualAddress routine)
    {
        if (routine.IsNull)
            return false;
        var success = irp.IoStatus.Status.IsSuccess;
        return (success && (control & StackLocationControl.InvokeOnSuccess) != 0)
            || (!success && (control & StackLocationControl.InvokeOnError) != 0)
            || (irp.Cancel && (control & StackLocationControl.InvokeOnCancel) != 0);
    }

    /// <summary>What a completed location loses, so that nobody above reads it; its major function and device stay for debuggers.</summary>
    private void ClearLocation(IoStackLocation location)
    {
        location.SetMinorFunction(Memory, 0);
        location.SetFlags(Memory, 0);
        location.SetControl(Memory, StackLocationControl.None);
        location.SetArgument1(Memory, 0);
        location.SetArgument2(Memory, 0);
        location.SetArgument3(Memory, 0);
        location.SetArgument4(Memory, 0);
        location.SetFileObject(Memory, null);
    }

    /// <summary>IoCopyCurrentIrpStackLocationToNext: everything but completion routine, context and control.</summary>
    internal void CopyLocationToNext(Irp irp)
    {
        var current = CurrentLocation(irp);
        var bytes = new byte[(int)(current.CompletionRoutineAddress - current.Address)];
        Memory.Read(current.Address, bytes);
        var next = NextLocation(irp);
        Memory.Write(next.Address, bytes);
        next.SetControl(Memory, StackLocationControl.None);
    }
}
