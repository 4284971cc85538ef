using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What callbacks may ask about key objects, and keep with them.</summary>
internal sealed partial class ConfigurationManager
{
    private readonly Dictionary<(long Cookie, VirtualAddress Object), ulong> _contexts = [];
    private readonly Dictionary<RegistryKey, ulong> _keyIds = [];

    /// <summary>The identifier of the key that an object stands for, which all its objects share, and its path in a block that the caller releases.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CmCallbackGetKeyObjectIDEx, WDK reference")]
    internal NtStatus CmCallbackGetKeyObjectIDEx(
        VirtualAddress cookie, VirtualAddress @object, VirtualAddress objectId, VirtualAddress objectName, uint flags)
    {
        if (flags != 0 || (objectId.IsNull && objectName.IsNull) || _kernel.Ob.KindOf(@object) != ObjectKind.Key)
            return NtStatus.InvalidParameter;
        var key = KeyOf(@object);
        if (!objectId.IsNull)
            Memory.WriteUInt64(objectId, IdOf(key));
        if (objectName.IsNull)
            return NtStatus.Success;
        var header = (ulong)UnicodeString.SizeOf(Memory.Layout);
        var bytes = WideText.Bytes(key.Path);
        var name = _kernel.Ex.PagedPool.Allocate(header + (ulong)bytes.Length + 2, PoolTags.Registry, null);
        var text = new UnicodeString(Memory, name);
        text.SetLength(Memory, (ushort)bytes.Length);
        text.SetMaximumLength(Memory, (ushort)bytes.Length);
        text.SetBuffer(Memory, name + header);
        Memory.Write(name + header, bytes);
        Memory.WritePointer(objectName, name);
        return NtStatus.Success;
    }

    /// <summary>The older form, whose name belongs to the system until the key object goes.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CmCallbackGetKeyObjectID, WDK reference")]
    internal NtStatus CmCallbackGetKeyObjectID(VirtualAddress cookie, VirtualAddress @object, VirtualAddress objectId, VirtualAddress objectName) =>
        CmCallbackGetKeyObjectIDEx(cookie, @object, objectId, objectName, 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CmCallbackReleaseKeyObjectIDEx, WDK reference")]
    internal void CmCallbackReleaseKeyObjectIDEx(VirtualAddress objectName) => _kernel.Ex.ExFreePool(objectName);

    /// <summary>Keeps a pointer with a key object for one callback, which is told when the object goes.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CmSetCallbackObjectContext, WDK reference")]
    internal NtStatus CmSetCallbackObjectContext(VirtualAddress @object, Out<long> cookie, ulong newContext, VirtualAddress oldContext)
    {
        var owner = cookie.Get(Memory);
        if (!_callbacks.Exists(entry => entry.Cookie == owner) || _kernel.Ob.KindOf(@object) != ObjectKind.Key)
            return NtStatus.InvalidParameter;
        if (!oldContext.IsNull)
            Memory.WriteUInt64(oldContext, _contexts.GetValueOrDefault((owner, @object)));
        if (newContext == 0)
            _contexts.Remove((owner, @object));
        else
            _contexts[(owner, @object)] = newContext;
        return NtStatus.Success;
    }

    private ulong ContextOf(CmCallbackEntry entry, VirtualAddress body) => _contexts.GetValueOrDefault((entry.Cookie, body));

    private ulong IdOf(RegistryKey key)
    {
        if (!_keyIds.TryGetValue(key, out var id))
            _keyIds.Add(key, id = (ulong)_keyIds.Count + 1);
        return id;
    }

    /// <summary>REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION: Object 0, ObjectContext 8, Reserved 10h.</summary>
    private async GuestTask ForgetContexts(VirtualAddress body)
    {
        foreach (var entry in _callbacks.ToArray())
        {
            if (!_contexts.Remove((entry.Cookie, body), out var context))
                continue;
            var information = _kernel.Ex.NonPagedPool.Allocate(0x18, PoolTags.Registry, null);
            Memory.Clear(information, 0x18);
            Memory.WritePointer(information, body);
            Memory.WriteUInt64(information + 8, context);
            await CallBack(entry, RegistryNotice.ContextCleanup, information);
            _kernel.Ex.NonPagedPool.Free(information);
        }
    }
}
