using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What the I/O manager knows of the system, and small services.</summary>
internal sealed partial class IoManager
{
    private const ulong ConfigurationBytes = 0x28;
    private VirtualAddress _configuration;

    /// <summary>WDM 6.0 came with Windows Vista and has not changed since.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "IoIsWdmVersionAvailable, WDK reference")]
    internal NtBoolean IoIsWdmVersionAvailable(byte majorVersion, byte minorVersion) =>
        majorVersion < 6 || (majorVersion == 6 && minorVersion == 0);

    /// <summary>CONFIGURATION_INFORMATION: counts of disks, ports and the like, which drivers add to.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoGetConfigurationInformation, WDK reference")]
    internal VirtualAddress IoGetConfigurationInformation()
    {
        if (!_configuration.IsNull)
            return _configuration;

        // The lab has no disks and no ports of its own; Version, at 20h, is the structure's size (ntddk.h).
        _configuration = _kernel.Ex.NonPagedPool.Allocate(ConfigurationBytes, PoolTags.Io, null);
        Memory.WriteUInt32(_configuration + 0x20, (uint)ConfigurationBytes);
        return _configuration;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoCreateNotificationEvent, WDK reference")]
    internal VirtualAddress IoCreateNotificationEvent(UnicodeString eventName, Out<HandleValue> eventHandle) =>
        NamedEvent(eventName.ToText(), eventHandle, synchronization: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoCreateSynchronizationEvent, WDK reference")]
    internal VirtualAddress IoCreateSynchronizationEvent(UnicodeString eventName, Out<HandleValue> eventHandle) =>
        NamedEvent(eventName.ToText(), eventHandle, synchronization: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetRequestorProcess, WDK reference")]
    internal VirtualAddress IoGetRequestorProcess(Irp irp) => irp.Thread?.Tcb.Process?.Address ?? VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetRequestorProcessId, WDK reference")]
    internal uint IoGetRequestorProcessId(Irp irp)
    {
        var process = IoGetRequestorProcess(irp);
        return process.IsNull ? 0 : (uint)new EProcess(Memory, process).UniqueProcessId.Value;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetStackLimits, WDK reference")]
    internal void IoGetStackLimits(Out<VirtualAddress> lowLimit, Out<VirtualAddress> highLimit)
    {
        var thread = _kernel.CurrentThread;
        lowLimit.Set(Memory, thread.StackLimit);
        highLimit.Set(Memory, thread.StackBase);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetRemainingStackSize, WDK reference")]
    internal ulong IoGetRemainingStackSize() => _kernel.Processor.Registers.Rsp - _kernel.CurrentThread.StackLimit.Value;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetInitialStack, WDK reference")]
    internal VirtualAddress IoGetInitialStack() => _kernel.CurrentThread.StackBase;

    /// <summary>The hardware description of the registry has nothing that a driver could ask for.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoQueryDeviceDescription, WDK reference")]
    internal NtStatus IoQueryDeviceDescription(
        VirtualAddress busType, VirtualAddress busNumber, VirtualAddress controllerType, VirtualAddress controllerNumber, VirtualAddress peripheralType,
        VirtualAddress peripheralNumber, VirtualAddress calloutRoutine, VirtualAddress context) => NtStatus.ObjectNameNotFound;

    /// <summary>Whether the caller's handle has the access that a driver asks for beyond its control code.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoValidateDeviceIoControlAccess, WDK reference")]
    internal NtStatus IoValidateDeviceIoControlAccess(Irp irp, uint requiredAccess)
    {
        if ((requiredAccess & ~(FileReadData | FileWriteData)) != 0)
            return NtStatus.InvalidParameter;
        if (irp.RequestorMode == 0)
            return NtStatus.Success;
        var granted = CurrentLocation(irp).Flags;
        var isGranted = ((requiredAccess & FileReadData) == 0 || (granted & ReadAccessGranted) != 0)
            && ((requiredAccess & FileWriteData) == 0 || (granted & WriteAccessGranted) != 0);
        return isGranted ? NtStatus.Success : NtStatus.AccessDenied;
    }

    /// <summary>What the loader noted of the boot disk is gone when drivers are started by hand.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoGetBootDiskInformation, ntddk.h")]
    internal NtStatus IoGetBootDiskInformation(VirtualAddress bootDiskInformation, uint size) => NtStatus.TooLate;

    /// <summary>Asks to be told of each boot driver before it is initialised; in the lab all of them are by then.</summary>
    /// <returns>A handle for the registration.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoRegisterBootDriverCallback, ntddk.h")]
    internal VirtualAddress IoRegisterBootDriverCallback(VirtualAddress callbackFunction, VirtualAddress callbackContext)
    {
        var handle = _kernel.Ex.NonPagedPool.Allocate(0x10, PoolTags.Io, null);
        Memory.WritePointer(handle, callbackFunction);
        Memory.WritePointer(handle + 8, callbackContext);
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExCallback, true, handle, callbackFunction, VirtualAddress.Null));
        return handle;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoUnregisterBootDriverCallback, ntddk.h")]
    internal void IoUnregisterBootDriverCallback(VirtualAddress callbackHandle)
    {
        if (_kernel.Ex.NonPagedPool.Free(callbackHandle) is null)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"IoUnregisterBootDriverCallback of {callbackHandle}, which is no registration");
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExCallback, false, callbackHandle, VirtualAddress.Null, VirtualAddress.Null));
    }

    /// <summary>Opens or makes a named event, signalled at first; the handle holds it.</summary>
    private VirtualAddress NamedEvent(string name, Out<HandleValue> handle, bool synchronization)
    {
        var found = _kernel.Ob.Lookup(name);
        var body = found.Object;
        if (body.IsNull)
        {
            body = _kernel.Ob.Create(ObjectKind.Event, (ulong)KEvent.SizeOf(Memory.Layout), PoolTags.Object);
            _kernel.Ke.InitializeEvent(body, synchronization, signalled: true);
            if (!_kernel.Ob.Insert(body, name, permanent: false).IsSuccess)
            {
                _kernel.Ob.DereferenceDeferDelete(body, ReferenceCause.KeepAlive);
                return VirtualAddress.Null;
            }

            handle.Set(Memory, _kernel.Ob.CreateHandle(_kernel.CurrentThread.Process, body, 0x001F_0003, kernelHandle: true));
            _kernel.Ob.DereferenceDeferDelete(body, ReferenceCause.KeepAlive);
            return body;
        }

        if (_kernel.Ob.KindOf(body) != ObjectKind.Event || found.Remaining.Length > 0)
            return VirtualAddress.Null;
        handle.Set(Memory, _kernel.Ob.CreateHandle(_kernel.CurrentThread.Process, body, 0x001F_0003, kernelHandle: true));
        return body;
    }
}
