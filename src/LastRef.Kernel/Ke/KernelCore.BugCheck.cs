using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Bug checks that drivers raise, and what they want to be called for.</summary>
internal sealed partial class KernelCore
{
    private const byte BufferInserted = 1;
    private readonly Dictionary<VirtualAddress, VirtualAddress> _bugCheckCallbacks = [];
    private readonly Dictionary<VirtualAddress, VirtualAddress> _nmiCallbacks = [];
    private readonly Dictionary<VirtualAddress, VirtualAddress> _processorCallbacks = [];

    [KernelExport("ntoskrnl.exe", Doc = "KeBugCheckEx, WDK reference")]
    internal void KeBugCheckEx(uint bugCheckCode, ulong bugCheckParameter1, ulong bugCheckParameter2, ulong bugCheckParameter3, ulong bugCheckParameter4) =>
        throw MachineStopException.BugCheck(
            bugCheckCode, "a driver called KeBugCheckEx", bugCheckParameter1, bugCheckParameter2, bugCheckParameter3, bugCheckParameter4);

    [KernelExport("ntoskrnl.exe", Doc = "KeBugCheck, WDK reference")]
    internal void KeBugCheck(uint bugCheckCode) => throw MachineStopException.BugCheck(bugCheckCode, "a driver called KeBugCheck");

    /// <summary>The routine would run at a bug check; the lab stops there and says what is registered.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeRegisterBugCheckCallback, WDK reference", Spec = "R-43")]
    internal NtBoolean KeRegisterBugCheckCallback(
        KBugCheckCallbackRecord callbackRecord, VirtualAddress callbackRoutine, VirtualAddress buffer, uint length, VirtualAddress component)
    {
        if (callbackRecord.State != 0)
            return false;
        callbackRecord.SetCallbackRoutine(Memory, callbackRoutine);
        callbackRecord.SetBuffer(Memory, buffer);
        callbackRecord.SetLength(Memory, length);
        callbackRecord.SetComponent(Memory, component);
        callbackRecord.SetState(Memory, BufferInserted);
        Register(_bugCheckCallbacks, RegistrationKind.BugCheckCallback, callbackRecord.Address, callbackRoutine);
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeDeregisterBugCheckCallback, WDK reference", Spec = "R-43")]
    internal NtBoolean KeDeregisterBugCheckCallback(KBugCheckCallbackRecord callbackRecord)
    {
        if (!Deregister(_bugCheckCallbacks, RegistrationKind.BugCheckCallback, callbackRecord.Address))
            return false;
        callbackRecord.SetState(Memory, 0);
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeRegisterBugCheckReasonCallback, WDK reference", Spec = "R-43")]
    internal NtBoolean KeRegisterBugCheckReasonCallback(
        KBugCheckReasonCallbackRecord callbackRecord, VirtualAddress callbackRoutine, int reason, VirtualAddress component)
    {
        if (callbackRecord.State != 0)
            return false;
        callbackRecord.SetCallbackRoutine(Memory, callbackRoutine);
        callbackRecord.SetReason(Memory, reason);
        callbackRecord.SetComponent(Memory, component);
        callbackRecord.SetState(Memory, BufferInserted);
        Register(_bugCheckCallbacks, RegistrationKind.BugCheckCallback, callbackRecord.Address, callbackRoutine);
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeDeregisterBugCheckReasonCallback, WDK reference", Spec = "R-43")]
    internal NtBoolean KeDeregisterBugCheckReasonCallback(KBugCheckReasonCallbackRecord callbackRecord)
    {
        if (!Deregister(_bugCheckCallbacks, RegistrationKind.BugCheckCallback, callbackRecord.Address))
            return false;
        callbackRecord.SetState(Memory, 0);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeRegisterNmiCallback, WDK reference", Spec = "R-43")]
    internal VirtualAddress KeRegisterNmiCallback(VirtualAddress callbackRoutine, VirtualAddress context) =>
        Register(_nmiCallbacks, RegistrationKind.NmiCallback, NewHandle(), callbackRoutine);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeDeregisterNmiCallback, WDK reference", Spec = "R-43")]
    internal NtStatus KeDeregisterNmiCallback(VirtualAddress handle) => DeregisterHandle(_nmiCallbacks, RegistrationKind.NmiCallback, handle);

    /// <summary>The lab's processor is never joined by another; with KE_PROCESSOR_CHANGE_ADD_EXISTING the routine hears of it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "KeRegisterProcessorChangeCallback, WDK reference", Spec = "R-43")]
    internal async GuestTask<VirtualAddress> KeRegisterProcessorChangeCallback(VirtualAddress callbackFunction, VirtualAddress callbackContext, uint flags)
    {
        const uint addExisting = 1;
        if ((flags & addExisting) != 0)
        {
            // KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT: State 0 (add start 0, add complete 1), NtNumber 4, Status 8, ProcNumber Ch.
            var (context, status) = (_kernel.Ex.NonPagedPool.Allocate(0x10, PoolTags.Object, null), _kernel.Ex.NonPagedPool.Allocate(8, PoolTags.Object, null));
            for (var state = 0U; state < 2; state++)
            {
                Memory.WriteUInt32(context, state);
                await _kernel.CallDriver(
                    DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, callbackFunction, callbackContext.Value, context.Value, status.Value);
            }

            var refused = new NtStatus((int)Memory.ReadUInt32(status));
            _kernel.Ex.NonPagedPool.Free(context);
            _kernel.Ex.NonPagedPool.Free(status);
            if (!refused.IsSuccess)
                return VirtualAddress.Null;
        }

        return Register(_processorCallbacks, RegistrationKind.ProcessorChange, NewHandle(), callbackFunction);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "KeDeregisterProcessorChangeCallback, WDK reference", Spec = "R-43")]
    internal void KeDeregisterProcessorChangeCallback(VirtualAddress callbackHandle) =>
        DeregisterHandle(_processorCallbacks, RegistrationKind.ProcessorChange, callbackHandle);

    private VirtualAddress NewHandle() => _kernel.Ex.NonPagedPool.Allocate(16, PoolTags.Object, null);

    private VirtualAddress Register(Dictionary<VirtualAddress, VirtualAddress> table, RegistrationKind kind, VirtualAddress key, VirtualAddress routine)
    {
        table.Add(key, routine);
        _kernel.Record(new RegistrationRecord(kind, true, key, routine, VirtualAddress.Null));
        return key;
    }

    private bool Deregister(Dictionary<VirtualAddress, VirtualAddress> table, RegistrationKind kind, VirtualAddress key)
    {
        if (!table.Remove(key, out var routine))
            return false;
        _kernel.Record(new RegistrationRecord(kind, false, key, routine, VirtualAddress.Null));
        return true;
    }

    private NtStatus DeregisterHandle(Dictionary<VirtualAddress, VirtualAddress> table, RegistrationKind kind, VirtualAddress handle)
    {
        if (!Deregister(table, kind, handle))
            return NtStatus.InvalidHandle;
        _kernel.Ex.NonPagedPool.Free(handle);
        return NtStatus.Success;
    }
}
