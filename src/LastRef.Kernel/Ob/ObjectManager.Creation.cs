using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Objects that a driver makes and inserts itself.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>Names that objects were made with and that ObInsertObject has not entered yet.</summary>
    private readonly Dictionary<VirtualAddress, string> _namesToInsert = [];

    /// <summary>Makes an object of a type; its creator owns the first reference.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ObCreateObject, ReactOS kernel interface", Missing = "a name relative to a directory handle")]
    internal NtStatus ObCreateObject(
        sbyte probeMode, VirtualAddress objectType, ObjectAttributes? objectAttributes, sbyte ownershipMode, VirtualAddress parseContext,
        uint objectBodySize, uint pagedPoolCharge, uint nonPagedPoolCharge, Out<VirtualAddress> @object)
    {
        if (KindOfType(objectType) is not { } kind)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ObCreateObject with {objectType}, which is no object type");
        var (status, name, root) = ReadAttributes(objectAttributes);
        if (!status.IsSuccess)
            return status;
        if (!root.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ObCreateObject with a name relative to a directory handle");
        var body = Create(kind, objectBodySize, PoolTags.Object, ReferenceCause.Creation);
        if (name is not null)
            _namesToInsert[body] = name;
        @object.Set(Memory, body);
        return NtStatus.Success;
    }

    /// <summary>Enters the object's name and opens a handle, which takes over the creator's reference.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ObInsertObject, ReactOS kernel interface", Missing = "an insertion without a handle, or with a pointer beside it")]
    internal async GuestTask<NtStatus> ObInsertObject(
        VirtualAddress @object, VirtualAddress passedAccessState, uint desiredAccess, uint objectPointerBias, VirtualAddress newObject, Out<HandleValue> handle)
    {
        if (handle.IsNull || objectPointerBias != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ObInsertObject without a handle, or with more references");
        handle.Set(Memory, default);
        if (_namesToInsert.Remove(@object, out var name) && Insert(@object, name, permanent: false) is { IsSuccess: false } refused)
        {
            await Dereference(@object, ReferenceCause.Creation);
            return refused;
        }

        var access = passedAccessState.IsNull ? desiredAccess : desiredAccess | new AccessState(Memory, passedAccessState).PreviouslyGrantedAccess;
        handle.Set(Memory, await OpenWithCallbacks(@object, access, kernelHandle: false));
        await Dereference(@object, ReferenceCause.Creation);
        return NtStatus.Success;
    }
}
