using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Key objects: what a handle to a registry key leads to.</summary>
internal sealed partial class ConfigurationManager
{
    /// <summary>CM_KEY_BODY begins with the letters <c>ky02</c> (public symbols); the rest of it is ours: the number of the key object.</summary>
    private const uint KeyBodySignature = 0x6B79_3032;

    private const int KeyBodyBytes = 0x60;
    private readonly Dictionary<VirtualAddress, RegistryKey> _keys = [];
    private ulong _keyObjects;

    /// <summary>Opens a handle to a key in the current process, or in the System process for a kernel handle.</summary>
    /// <param name="desiredAccess">KEY_* and generic rights.</param>
    public HandleValue OpenKey(RegistryKey key, uint desiredAccess, bool kernelHandle)
    {
        var ob = _kernel.Ob;
        var body = ob.Create(ObjectKind.Key, KeyBodyBytes, PoolTags.Registry, ReferenceCause.Creation);
        Memory.WriteUInt32(body, KeyBodySignature);
        Memory.WriteUInt64(body + 8, ++_keyObjects);
        _keys.Add(body, key);
        var handle = ob.CreateHandle(_kernel.Ps.CurrentProcess, body, ob.MapAccess(ObjectKind.Key, desiredAccess), kernelHandle);

        // The handle keeps the object, so this is never the last reference.
        ob.DereferenceDeferDelete(body, ReferenceCause.Creation);
        _kernel.Record(new RegistrationRecord(RegistrationKind.RegistryKey, true, body, VirtualAddress.Null, VirtualAddress.Null));
        return handle;
    }

    /// <summary>The key of a key object.</summary>
    public RegistryKey KeyOf(VirtualAddress body) =>
        _keys.GetValueOrDefault(body) ?? throw new InvariantException($"The object at {body} is no open key.");

    /// <summary>The key of a handle; KEY_DELETED when it is gone, which only closing the handle does not mind.</summary>
    private (NtStatus Status, RegistryKey? Key, VirtualAddress Body) ResolveKey(HandleValue handle)
    {
        var (status, body) = _kernel.Ob.Resolve(handle, ObjectKind.Key);
        if (!status.IsSuccess)
            return (status, null, default);
        var key = KeyOf(body);
        return key.IsDeleted ? (NtStatus.KeyDeleted, null, body) : (NtStatus.Success, key, body);
    }

    /// <summary>What OBJECT_ATTRIBUTES name: the full path, and for callbacks the root and the path below it.</summary>
    private (NtStatus Status, KeyPath Path) PathOf(ObjectAttributes attributes)
    {
        var name = attributes.ObjectName?.ToText() ?? "";
        if (attributes.RootDirectory.IsNull)
        {
            if (Parts(name) is { } parts)
                return (NtStatus.Success, new KeyPath(name, name, string.Join('\\', parts), RootObject()));

            // Another name leads through the object namespace to whatever it leads to, and not to a key.
            var found = _kernel.Ob.Lookup(name);
            return (found.Object.IsNull ? found.Status : NtStatus.ObjectTypeMismatch, default);
        }

        var (status, root, body) = ResolveKey(attributes.RootDirectory);
        if (root is null)
            return (status, default);
        if (name.StartsWith('\\'))
            return (NtStatus.ObjectPathSyntaxBad, default);
        return (status, new KeyPath(name.Length == 0 ? root.Path : root.Path + "\\" + name, name, name, body));
    }

    /// <param name="Full">The full path.</param>
    /// <param name="Complete">The path as the caller gave it.</param>
    /// <param name="Remaining">The path below the root.</param>
    /// <param name="Root">The key object that the path begins at.</param>
    private readonly record struct KeyPath(string Full, string Complete, string Remaining, VirtualAddress Root);

    /// <summary>The key object of <c>\REGISTRY</c>; made when a callback first has to be shown it.</summary>
    private VirtualAddress RootObject()
    {
        if (_callbacks.Count == 0)
            return VirtualAddress.Null;
        if (_rootObject.IsNull)
        {
            _rootObject = _kernel.Ob.Create(ObjectKind.Key, KeyBodyBytes, PoolTags.Registry);
            Memory.WriteUInt32(_rootObject, KeyBodySignature);
            _keys.Add(_rootObject, _root);
        }

        return _rootObject;
    }

    private VirtualAddress _rootObject;

    private void BootKeyObjects()
    {
        _kernel.Ob.OnClose(ObjectKind.Key, async (body, _, left) =>
        {
            if (left != 0)
                return;
            EndWatches(body);
            _kernel.Record(new RegistrationRecord(RegistrationKind.RegistryKey, false, body, VirtualAddress.Null, VirtualAddress.Null));
            if (_callbacks.Count > 0)
                await Observe(RegistryNotice.KeyHandleClose, body, info => Memory.WritePointer(info, body), () => NtStatus.Success);
        });
        _kernel.Ob.OnDelete(ObjectKind.Key, async body =>
        {
            await ForgetContexts(body);
            _keys.Remove(body);
        });
    }
}
