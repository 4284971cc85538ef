using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Power requests: passing them on, and making new ones (Doc: "Managing Power", WDK).</summary>
internal sealed partial class PowerManager
{
    private const byte SystemPowerState = 0;
    private const byte DevicePowerState = 1;

    /// <summary>Device, minor function, state, completion routine and context of a request that PoRequestPowerIrp made.</summary>
    private const ulong RequestBytes = 0x28;

    private VirtualAddress _requestCompletion;

    /// <summary>Since Windows Vista the same as IoCallDriver.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "PoCallDriver, WDK reference")]
    internal GuestTask<NtStatus> PoCallDriver(DeviceObject deviceObject, Irp irp) => _kernel.Io.IofCallDriver(deviceObject, irp);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "PoStartNextPowerIrp, WDK reference",
        NoEffect = "since Windows Vista the power manager starts the next request by itself")]
    internal void PoStartNextPowerIrp(Irp irp)
    {
        // Only Windows Server 2003 and older count on the call.
    }

    /// <summary>Notes the state that a device is in.</summary>
    /// <returns>The state that was noted before; PowerDeviceUnspecified (0) at first.</returns>
    /// <remarks>DEVOBJ_EXTENSION.PowerFlags has the system state in bits 0 to 3 and the device state in bits 4 to 7.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "PoSetPowerState, WDK reference")]
    internal uint PoSetPowerState(DeviceObject deviceObject, int type, uint state)
    {
        var shift = type switch
        {
            SystemPowerState => 0,
            DevicePowerState => 4,
            _ => throw MachineStopException.Unsupported(UnsupportedKind.Case, $"PoSetPowerState with power state type {type}"),
        };
        var extension = PnpManager.ExtensionOf(deviceObject);
        var flags = extension.PowerFlags;
        extension.SetPowerFlags(Memory, (flags & ~(0xFu << shift)) | ((state & 0xF) << shift));
        return (flags >> shift) & 0xF;
    }

    /// <summary>Makes a power request for the stack of a device and sends it.</summary>
    /// <remarks>
    /// U-6.61: the request holds nothing of the driver. Set and query requests are sent by a thread of the power manager,
    /// as for a device with DO_POWER_PAGABLE, a wait-wake request by the caller itself, who may cancel it.
    /// </remarks>
    /// <returns>STATUS_PENDING; STATUS_INVALID_PARAMETER_2 for a minor function that is no power request.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.61", Missing = "one request of a kind at a time for each device; inrush devices")]
    internal async GuestTask<NtStatus> PoRequestPowerIrp(
        DeviceObject deviceObject, byte minorFunction, uint powerState, VirtualAddress completionFunction, VirtualAddress context, Out<Irp> irp)
    {
        var minor = (PowerMinor)minorFunction;
        if (minor is not (PowerMinor.WaitWake or PowerMinor.SetPower or PowerMinor.QueryPower))
            return NtStatus.InvalidParameter2;
        var top = _kernel.Io.IoGetAttachedDeviceReference(deviceObject);
        var request = _kernel.Io.AllocateIrp(top.StackSize);
        request.IoStatus.SetStatus(Memory, NtStatus.NotSupported);
        var location = _kernel.Io.NextLocation(request);
        location.SetMajorFunction(Memory, IrpMajor.Power);
        location.SetMinorFunction(Memory, minorFunction);
        if (minor == PowerMinor.WaitWake)
            location.SetWaitWakePowerState(Memory, powerState);
        else
        {
            location.SetPowerType(Memory, DevicePowerState);
            location.SetPowerState(Memory, powerState);
        }

        var block = _kernel.Ex.NonPagedPool.Allocate(RequestBytes, PoolTags.Power, null);
        Memory.WritePointer(block, deviceObject.Address);
        Memory.WritePointer(block + 0x08, top.Address);
        Memory.WriteUInt32(block + 0x10, minorFunction);
        Memory.WriteUInt32(block + 0x14, powerState);
        Memory.WritePointer(block + 0x18, completionFunction);
        Memory.WritePointer(block + 0x20, context);
        if (_requestCompletion.IsNull)
            _requestCompletion = _kernel.Internal.Define(CompleteRequest);
        location.SetCompletionRoutine(Memory, _requestCompletion);
        location.SetContext(Memory, block);
        location.SetControl(Memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel);
        irp.SetIfGiven(Memory, request);
        if (minor == PowerMinor.WaitWake)
            await _kernel.Io.IofCallDriver(top, request);
        else
            _kernel.Ex.QueueWork(async _ => await _kernel.Io.IofCallDriver(top, request));
        return NtStatus.Pending;
    }

    /// <summary>The stack is done: the requester's routine is told, then the request goes.</summary>
    private async GuestTask<ulong> CompleteRequest(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        var block = new VirtualAddress(arguments[2]);
        var device = new DeviceObject(Memory, Memory.ReadPointer(block));
        var top = Memory.ReadPointer(block + 0x08);
        var routine = Memory.ReadPointer(block + 0x18);
        if (!routine.IsNull)
        {
            var driver = device.DriverObject?.Address ?? VirtualAddress.Null;
            await _kernel.CallDriver(
                DriverCallKind.Completion, driver, _kernel.CurrentThread, routine, device.Address.Value, Memory.ReadUInt32(block + 0x10),
                Memory.ReadUInt32(block + 0x14), Memory.ReadPointer(block + 0x20).Value, irp.IoStatus.Address.Value);
        }

        _kernel.Ex.NonPagedPool.Free(block);
        _kernel.Io.FreeIrp(irp);
        await _kernel.Ob.Dereference(top, ReferenceCause.AttachedDeviceReference);
        return (uint)NtStatus.MoreProcessingRequired.Value;
    }
}
