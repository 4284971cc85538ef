using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Opening and closing handles, as drivers do it.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>Closes a handle of the current process, or of the System process for a kernel handle.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.34 U-6.17")]
    [KernelExport("ntoskrnl.exe", Name = "NtClose", MaxIrql = Irql.Passive, Spec = "U-1.34 U-6.17")]
    internal GuestTask<NtStatus> ZwClose(HandleValue handle) => CloseHandle(_kernel.Ps.CurrentProcess, handle);

    /// <summary>Closes a handle; one of the System process for user mode is none.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.34", Doc = "ObCloseHandle, WDK reference")]
    internal GuestTask<NtStatus> ObCloseHandle(HandleValue handle, sbyte previousMode) =>
        previousMode != KernelMode && (handle.Value & KernelHandleBits) == KernelHandleBits
            ? GuestTask.FromResult(NtStatus.InvalidHandle)
            : CloseHandle(_kernel.Ps.CurrentProcess, handle);

    /// <summary>Opens a handle to an object that the caller has a pointer to.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.27 U-1.31", Doc = "ObOpenObjectByPointer, WDK reference")]
    internal async GuestTask<NtStatus> ObOpenObjectByPointer(
        VirtualAddress @object, uint handleAttributes, VirtualAddress passedAccessState, uint desiredAccess, VirtualAddress objectType,
        sbyte accessMode, Out<HandleValue> handle)
    {
        handle.Set(Memory, default);
        if (!objectType.IsNull && !IsOfType(@object, objectType))
            return NtStatus.ObjectTypeMismatch;
        var access = passedAccessState.IsNull ? desiredAccess : desiredAccess | new AccessState(Memory, passedAccessState).PreviouslyGrantedAccess;
        handle.Set(Memory, await OpenWithCallbacks(@object, access, IsKernelHandle(handleAttributes)));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.27 U-1.38")]
    internal GuestTask<NtStatus> ObOpenObjectByPointerWithTag(
        VirtualAddress @object, uint handleAttributes, VirtualAddress passedAccessState, uint desiredAccess, VirtualAddress objectType,
        sbyte accessMode, uint tag, Out<HandleValue> handle) =>
        ObOpenObjectByPointer(@object, handleAttributes, passedAccessState, desiredAccess, objectType, accessMode, handle);

    /// <summary>Opens a handle to a named object.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.15",
        Missing = "names that a parse routine answers: devices, files, registry keys")]
    internal async GuestTask<NtStatus> ObOpenObjectByName(
        ObjectAttributes objectAttributes, VirtualAddress objectType, sbyte accessMode, VirtualAddress accessState, uint desiredAccess,
        VirtualAddress parseContext, Out<HandleValue> handle)
    {
        handle.Set(Memory, default);
        var (status, body) = FindByAttributes(objectAttributes, objectType);
        if (!status.IsSuccess)
            return status;
        handle.Set(Memory, await OpenWithCallbacks(body, desiredAccess, IsKernelHandle(objectAttributes.Attributes)));
        return NtStatus.Success;
    }

    /// <summary>Copies a handle within a process or from one to another, or only closes it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDuplicateObject, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDuplicateObject", MaxIrql = Irql.Passive, Doc = "NtDuplicateObject, WDK reference")]
    internal async GuestTask<NtStatus> ZwDuplicateObject(
        HandleValue sourceProcessHandle, HandleValue sourceHandle, HandleValue targetProcessHandle, Out<HandleValue> targetHandle,
        uint desiredAccess, uint handleAttributes, uint options)
    {
        const uint closeSource = 1;
        const uint sameAccess = 2;
        var (status, source) = Resolve(sourceProcessHandle, ObjectKind.Process);
        if (!status.IsSuccess)
            return status;
        if (FindHandle(source, sourceHandle) is not { } open)
            return NtStatus.InvalidHandle;
        if (!targetProcessHandle.IsNull)
        {
            (status, var target) = Resolve(targetProcessHandle, ObjectKind.Process);
            if (!status.IsSuccess)
                return status;
            var access = (options & sameAccess) != 0 ? open.GrantedAccess : desiredAccess;
            var made = await OpenWithCallbacks(open.Body, access, IsKernelHandle(handleAttributes), target, source);
            if (!targetHandle.IsNull)
                targetHandle.Set(Memory, made);
        }

        return (options & closeSource) != 0 ? await CloseHandle(source, sourceHandle) : NtStatus.Success;
    }

    /// <summary>Makes an object temporary: without handles its name goes at once.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-1.35")]
    internal GuestTask ObMakeTemporaryObject(VirtualAddress @object) => MakeTemporary(@object);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.35 U-1.34")]
    [KernelExport("ntoskrnl.exe", Name = "NtMakeTemporaryObject", MaxIrql = Irql.Passive, Spec = "U-1.35 U-1.34")]
    internal async GuestTask<NtStatus> ZwMakeTemporaryObject(HandleValue handle)
    {
        var (status, body) = Resolve(handle, kind: null);
        if (status.IsSuccess)
            await MakeTemporary(body);
        return status;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ObGetObjectType, exported and undocumented: the object's _OBJECT_TYPE, public symbols")]
    internal VirtualAddress ObGetObjectType(VirtualAddress @object) =>
        KindOf(@object) is { } kind ? TypeAddress(kind) : throw new TargetReadException(@object, ReadFailure.NotMapped);

    /// <summary>A handle of the calling process, or of the System process where the attributes ask for a kernel handle.</summary>
    public GuestTask<HandleValue> OpenForCaller(VirtualAddress body, uint desiredAccess, uint attributes) =>
        OpenWithCallbacks(body, desiredAccess, IsKernelHandle(attributes));

    private (NtStatus Status, VirtualAddress Body) FindByAttributes(ObjectAttributes attributes, VirtualAddress type)
    {
        var (status, name, root) = ReadAttributes(attributes);
        return status.IsSuccess ? FindByName(name ?? "", root, attributes.Attributes, type) : (status, default);
    }

    /// <summary>Enters a new object under the name in its attributes and opens a handle to it, which from then on keeps it.</summary>
    /// <param name="body">A new object with the reference of its creation, which this gives back.</param>
    private async GuestTask<NtStatus> InsertAndOpen(VirtualAddress body, ObjectAttributes? attributes, uint desiredAccess, Out<HandleValue> handle)
    {
        var flags = attributes?.Attributes ?? 0;
        var (status, name, root) = ReadAttributes(attributes);
        if (status.IsSuccess && name is not null)
        {
            var existing = Lookup(name, followFinalLink: false, root);
            if (!existing.Object.IsNull && existing.Remaining.Length == 0 && (flags & (uint)ObjectAttributeFlags.OpenIf) != 0)
            {
                status = KindOf(existing.Object) == KindOf(body) ? NtStatus.ObjectNameExists : NtStatus.ObjectTypeMismatch;
                await Dereference(body, ReferenceCause.Creation);
                if (status.IsSuccess)
                    handle.Set(Memory, await OpenWithCallbacks(existing.Object, desiredAccess, IsKernelHandle(flags)));
                return status;
            }

            status = Insert(body, name, (flags & (uint)ObjectAttributeFlags.Permanent) != 0, root);
        }

        if (status.IsSuccess)
            handle.Set(Memory, await OpenWithCallbacks(body, desiredAccess, IsKernelHandle(flags)));
        await Dereference(body, ReferenceCause.Creation);
        return status;
    }
}
