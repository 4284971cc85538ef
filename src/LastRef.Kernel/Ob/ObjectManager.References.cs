using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Taking and giving back references, as drivers do it.</summary>
/// <remarks>
/// U-1.38: a tag tells references apart only for the tracing of objects, which is off in the lab; the trace has the call
/// itself with its tag.
/// </remarks>
internal sealed partial class ObjectManager
{
    /// <returns>The new pointer count.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.14 U-1.33 U-1.37")]
    internal long ObfReferenceObject(VirtualAddress @object) => Reference(@object, ReferenceCause.ExplicitReference);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.14 U-1.38")]
    internal long ObfReferenceObjectWithTag(VirtualAddress @object, uint tag) => Reference(@object, ReferenceCause.ExplicitReference);

    /// <returns>The new pointer count.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.33 U-1.36 U-1.37")]
    [KernelExport("ntoskrnl.exe", Name = "ObDereferenceObject", MaxIrql = Irql.Dispatch, Spec = "U-1.33 U-1.36 U-1.37")]
    internal async GuestTask<long> ObfDereferenceObject(VirtualAddress @object)
    {
        var left = HeaderOf(@object).PointerCount - 1;
        await Dereference(@object, ReferenceCause.ExplicitReference);
        return left;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.33 U-1.36 U-1.37 U-1.38")]
    internal GuestTask<long> ObfDereferenceObjectWithTag(VirtualAddress @object, uint tag) => ObfDereferenceObject(@object);

    /// <summary>Leaves the deletion to a worker thread, for callers that hold locks.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.36")]
    internal void ObDereferenceObjectDeferDelete(VirtualAddress @object) => DereferenceDeferDelete(@object, ReferenceCause.ExplicitReference);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.36 U-1.38")]
    internal void ObDereferenceObjectDeferDeleteWithTag(VirtualAddress @object, uint tag) =>
        DereferenceDeferDelete(@object, ReferenceCause.ExplicitReference);

    /// <summary>Takes a reference by pointer; only for user mode, and for symbolic links always, must the type be right.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.14 U-1.33")]
    internal NtStatus ObReferenceObjectByPointer(VirtualAddress @object, uint desiredAccess, VirtualAddress objectType, sbyte accessMode)
    {
        if (!IsOfType(@object, objectType) && (accessMode != KernelMode || objectType == TypeAddress(ObjectKind.SymbolicLink)))
            return NtStatus.ObjectTypeMismatch;
        Reference(@object, ReferenceCause.ExplicitReference);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.14 U-1.38")]
    internal NtStatus ObReferenceObjectByPointerWithTag(
        VirtualAddress @object, uint desiredAccess, VirtualAddress objectType, sbyte accessMode, uint tag) =>
        ObReferenceObjectByPointer(@object, desiredAccess, objectType, accessMode);

    /// <summary>Takes a reference through a handle of the current process, or of the System process for a kernel handle.</summary>
    /// <remarks>Access is checked for user mode only (Doc: ObReferenceObjectByHandle).</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.16 U-1.33 U-1.27")]
    internal NtStatus ObReferenceObjectByHandle(
        HandleValue handle, uint desiredAccess, VirtualAddress objectType, sbyte accessMode, Out<VirtualAddress> @object, VirtualAddress handleInformation)
    {
        @object.Set(Memory, VirtualAddress.Null);
        var (status, body, open) = Resolve(handle, objectType, desiredAccess, accessMode);
        if (!status.IsSuccess)
            return status;
        if (open is { } entry)
            ReferenceByHandle(entry);
        else
            Reference(body, ReferenceCause.ReferenceByHandle);
        if (!handleInformation.IsNull)
        {
            // OBJECT_HANDLE_INFORMATION: HandleAttributes 0, GrantedAccess 4. The lab's handles are neither inherited nor protected.
            Memory.WriteUInt32(handleInformation, 0);
            Memory.WriteUInt32(handleInformation + 4, open?.GrantedAccess ?? AllAccess(KindOf(body)));
        }

        @object.Set(Memory, body);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.16 U-1.38")]
    internal NtStatus ObReferenceObjectByHandleWithTag(
        HandleValue handle, uint desiredAccess, VirtualAddress objectType, sbyte accessMode, uint tag, Out<VirtualAddress> @object,
        VirtualAddress handleInformation) =>
        ObReferenceObjectByHandle(handle, desiredAccess, objectType, accessMode, @object, handleInformation);

    /// <summary>Finds a named object, such as <c>\Driver\X</c>, and takes a reference.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.15 U-1.33",
        Missing = "names that a parse routine answers: devices, files, registry keys")]
    internal NtStatus ObReferenceObjectByName(
        UnicodeString? objectName, uint attributes, VirtualAddress accessState, uint desiredAccess, VirtualAddress objectType, sbyte accessMode,
        VirtualAddress parseContext, Out<VirtualAddress> @object)
    {
        @object.Set(Memory, VirtualAddress.Null);
        var (status, body) = FindByName(objectName?.ToText() ?? "", VirtualAddress.Null, attributes, objectType);
        if (!status.IsSuccess)
            return status;
        Reference(body, ReferenceCause.ReferenceByName);
        @object.Set(Memory, body);
        return NtStatus.Success;
    }

    private bool IsOfType(VirtualAddress body, VirtualAddress type) => KindOf(body) is { } kind && TypeAddress(kind) == type;
}
