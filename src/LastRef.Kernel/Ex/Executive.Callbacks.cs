using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Callback objects: named points at which one driver, or the kernel, tells others.</summary>
/// <remarks>Doc: "Callback Objects", WDK.</remarks>
internal sealed partial class Executive
{
    private const uint CallbackSignature = 0x6C6C_6143;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ExCreateCallback, WDK reference")]
    internal NtStatus ExCreateCallback(VirtualAddress callbackObject, ObjectAttributes objectAttributes, NtBoolean create, NtBoolean allowMultipleCallbacks)
    {
        var name = objectAttributes.ObjectName?.ToText();
        if (name is not null)
        {
            var found = _kernel.Ob.Lookup(name);
            if (!found.Object.IsNull && found.Remaining.Length == 0)
            {
                if (_kernel.Ob.KindOf(found.Object) != ObjectKind.Callback)
                    return NtStatus.ObjectTypeMismatch;
                _kernel.Ob.Reference(found.Object, ReferenceCause.ExplicitReference);
                Memory.WritePointer(callbackObject, found.Object);
                return NtStatus.Success;
            }
        }

        if (!create)
            return name is null ? NtStatus.Unsuccessful : NtStatus.ObjectNameNotFound;
        var address = _kernel.Ob.Create(
            ObjectKind.Callback, (ulong)CallbackObject.SizeOf(Memory.Layout), PoolTags.Of("Call"), ReferenceCause.ExplicitReference);
        var callback = new CallbackObject(Memory, address);
        callback.SetSignature(Memory, CallbackSignature);
        callback.SetAllowMultipleCallbacks(Memory, allowMultipleCallbacks);
        _kernel.Ke.InitializeList(callback.RegisteredCallbacks.Address);
        if (name is not null)
        {
            var permanent = (objectAttributes.Attributes & (uint)ObjectAttributeFlags.Permanent) != 0;
            var status = _kernel.Ob.Insert(address, name, permanent);
            if (!status.IsSuccess)
            {
                _kernel.Ob.DereferenceDeferDelete(address, ReferenceCause.ExplicitReference);
                return status;
            }
        }

        Memory.WritePointer(callbackObject, address);
        return NtStatus.Success;
    }

    /// <returns>The registration; null when the object takes only one and has it.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "R-43")]
    internal VirtualAddress ExRegisterCallback(CallbackObject callbackObject, VirtualAddress callbackFunction, VirtualAddress callbackContext)
    {
        var head = callbackObject.RegisteredCallbacks.Address;
        if (!callbackObject.AllowMultipleCallbacks && !_kernel.Ke.IsListEmpty(head))
            return VirtualAddress.Null;
        var address = NonPagedPool.Allocate((ulong)CallbackRegistration.SizeOf(Memory.Layout), PoolTags.Of("CBRe"), null);
        var registration = new CallbackRegistration(Memory, address);
        registration.SetCallbackObject(Memory, callbackObject);
        registration.SetCallbackFunction(Memory, callbackFunction);
        registration.SetCallbackContext(Memory, callbackContext);
        _kernel.Ke.InsertTail(head, registration.Link.Address);
        _kernel.Ob.Reference(callbackObject.Address, ReferenceCause.Registration, address);
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExCallback, true, address, callbackFunction, callbackObject.Address));
        return address;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "R-43")]
    internal async GuestTask ExUnregisterCallback(CallbackRegistration callbackRegistration)
    {
        var callback = callbackRegistration.CallbackObject ?? throw new GuestRaisedException(NtStatus.InvalidParameter);
        _kernel.Ke.RemoveEntry(callbackRegistration.Link.Address);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.ExCallback, false, callbackRegistration.Address, callbackRegistration.CallbackFunction, callback.Address));
        NonPagedPool.Free(callbackRegistration.Address);
        await _kernel.Ob.Dereference(callback.Address, ReferenceCause.Registration, callbackRegistration.Address);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExNotifyCallback, WDK reference")]
    internal async GuestTask ExNotifyCallback(CallbackObject callbackObject, ulong argument1, ulong argument2)
    {
        var head = callbackObject.RegisteredCallbacks.Address;
        for (var link = callbackObject.RegisteredCallbacks.Flink; link != head;)
        {
            var registration = new CallbackRegistration(Memory, link);
            link = registration.Link.Flink;
            await _kernel.CallDriver(
                DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, registration.CallbackFunction,
                registration.CallbackContext.Value, argument1, argument2);
        }
    }

    /// <summary>The callback objects that every Windows has (Doc: "Using a System-Defined Callback Object", WDK).</summary>
    private void BootCallbacks()
    {
        _kernel.Ob.CreateDirectory(@"\Callback");
        foreach (var name in new[] { "SetSystemTime", "PowerState", "ProcessorAdd", "Phase1InitComplete" })
        {
            var address = _kernel.Ob.Create(ObjectKind.Callback, (ulong)CallbackObject.SizeOf(Memory.Layout), PoolTags.Of("Call"));
            var callback = new CallbackObject(Memory, address);
            callback.SetSignature(Memory, CallbackSignature);
            callback.SetAllowMultipleCallbacks(Memory, true);
            _kernel.Ke.InitializeList(callback.RegisteredCallbacks.Address);
            var status = _kernel.Ob.Insert(address, @"\Callback\" + name, permanent: true);
            Invariant.Check(status.IsSuccess, $"The callback object {name} could not be named: {status}.");
        }
    }
}
