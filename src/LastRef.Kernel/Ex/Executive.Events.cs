using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Event objects, with names and handles, and waiting by handle.</summary>
internal sealed partial class Executive
{
    private const uint EventAllAccess = 0x1F_0003;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwCreateEvent, WDK reference")]
    internal async GuestTask<NtStatus> ZwCreateEvent(
        VirtualAddress eventHandle, uint desiredAccess, ObjectAttributes? objectAttributes, int eventType, NtBoolean initialState)
    {
        if (eventType is not (0 or 1))
            return NtStatus.InvalidParameter;
        var name = objectAttributes?.ObjectName?.ToText();
        if (name is not null && FindNamed(objectAttributes!.Value, name, ObjectKind.Event) is { } existing)
        {
            const uint openIf = 0x80;
            if (!existing.Status.IsSuccess)
                return existing.Status;
            if ((objectAttributes.Value.Attributes & openIf) == 0)
                return NtStatus.ObjectNameCollision;
            OpenFor(eventHandle, desiredAccess, objectAttributes, existing.Body);
            return NtStatus.ObjectNameExists;
        }

        var body = _kernel.Ob.Create(ObjectKind.Event, (ulong)KEvent.SizeOf(Memory.Layout), PoolTags.Of("Even"), ReferenceCause.Creation);
        _kernel.Ke.InitializeEvent(body, eventType == 1, initialState);
        if (name is not null)
        {
            var status = _kernel.Ob.Insert(body, name, permanent: false);
            if (!status.IsSuccess)
            {
                await _kernel.Ob.Dereference(body, ReferenceCause.Creation);
                return status;
            }
        }

        OpenFor(eventHandle, desiredAccess, objectAttributes, body);
        await _kernel.Ob.Dereference(body, ReferenceCause.Creation);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenEvent, WDK reference")]
    internal NtStatus ZwOpenEvent(VirtualAddress eventHandle, uint desiredAccess, ObjectAttributes objectAttributes)
    {
        if (objectAttributes.ObjectName?.ToText() is not { } name)
            return NtStatus.ObjectPathSyntaxBad;
        if (FindNamed(objectAttributes, name, ObjectKind.Event) is not { } found)
            return NtStatus.ObjectNameNotFound;
        if (found.Status.IsSuccess)
            OpenFor(eventHandle, desiredAccess, objectAttributes, found.Body);
        return found.Status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwSetEvent, WDK reference")]
    internal NtStatus ZwSetEvent(HandleValue eventHandle, VirtualAddress previousState) => ChangeEvent(eventHandle, 1, previousState);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwResetEvent: NtResetEvent, Win32 ResetEvent")]
    internal NtStatus ZwResetEvent(HandleValue eventHandle, VirtualAddress previousState) => ChangeEvent(eventHandle, 0, previousState);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwClearEvent: NtClearEvent, as ResetEvent without the state before")]
    internal NtStatus ZwClearEvent(HandleValue eventHandle) => ChangeEvent(eventHandle, 0, VirtualAddress.Null);

    /// <summary>Waits for an object through a handle, which holds it for that time.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwWaitForSingleObject, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtWaitForSingleObject", MaxIrql = Irql.Passive, Doc = "ZwWaitForSingleObject, WDK reference")]
    internal async GuestTask<NtStatus> ZwWaitForSingleObject(HandleValue handle, NtBoolean alertable, VirtualAddress timeout)
    {
        if (_kernel.Ob.FindHandle(_kernel.Ps.CurrentProcess, handle) is not { } open)
            return NtStatus.InvalidHandle;
        var waitable = _kernel.Ob.KindOf(open.Body) switch
        {
            ObjectKind.Event or ObjectKind.Semaphore or ObjectKind.Mutant or ObjectKind.Timer or ObjectKind.Thread or ObjectKind.Process => open.Body,
            ObjectKind.File => new FileObject(Memory, open.Body).Event.Address,
            _ => VirtualAddress.Null,
        };
        if (waitable.IsNull)
            return NtStatus.ObjectTypeMismatch;
        _kernel.Ob.Reference(open.Body, ReferenceCause.Transient);
        var status = await _kernel.Ke.KeWaitForSingleObject(waitable, 0, 0, alertable, timeout);
        await _kernel.Ob.Dereference(open.Body, ReferenceCause.Transient);
        return status;
    }

    private NtStatus ChangeEvent(HandleValue handle, int state, VirtualAddress previousState)
    {
        if (_kernel.Ob.FindHandle(_kernel.Ps.CurrentProcess, handle) is not { } open)
            return NtStatus.InvalidHandle;
        if (_kernel.Ob.KindOf(open.Body) != ObjectKind.Event)
            return NtStatus.ObjectTypeMismatch;
        var before = _kernel.Ke.Signal(open.Body, state);
        if (!previousState.IsNull)
            Memory.WriteUInt32(previousState, (uint)before);
        return NtStatus.Success;
    }

    private (NtStatus Status, VirtualAddress Body)? FindNamed(ObjectAttributes attributes, string name, ObjectKind kind)
    {
        var root = attributes.RootDirectory.IsNull
            ? VirtualAddress.Null
            : _kernel.Ob.FindHandle(_kernel.Ps.CurrentProcess, attributes.RootDirectory)?.Body ?? VirtualAddress.Null;
        var found = _kernel.Ob.Lookup(name, rootDirectory: root);
        if (found.Object.IsNull || found.Remaining.Length > 0)
            return null;
        return (_kernel.Ob.KindOf(found.Object) == kind ? NtStatus.Success : NtStatus.ObjectTypeMismatch, found.Object);
    }

    private void OpenFor(VirtualAddress handle, uint desiredAccess, ObjectAttributes? attributes, VirtualAddress body)
    {
        const uint maximumAllowed = 0x0200_0000, genericAll = 0x1000_0000, kernelHandle = 0x200;
        var access = (desiredAccess & (maximumAllowed | genericAll)) != 0 ? EventAllAccess : desiredAccess;
        var inKernel = attributes is { } given && (given.Attributes & kernelHandle) != 0;
        Memory.WriteUInt64(handle, _kernel.Ob.CreateHandle(_kernel.Ps.CurrentProcess, body, access, inKernel).Value);
    }
}
