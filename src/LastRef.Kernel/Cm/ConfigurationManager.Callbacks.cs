using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Registration of drivers for what happens in the registry.</summary>
/// <remarks>Doc: "Filtering Registry Calls", WDK. The entries are in target memory, where a diagnosis finds them.</remarks>
internal sealed partial class ConfigurationManager
{
    private const string NotCalled = "the run-time library's short forms, and operations of a callback itself, while one is registered";
    private readonly List<CmCallbackEntry> _callbacks = [];
    private VirtualAddress _callbackListHead;
    private long _nextCookie = 0x01DA_0000_0000_0000;

    /// <summary>The older form, whose routines come before all that have an altitude.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.32 R-43", Missing = NotCalled)]
    internal NtStatus CmRegisterCallback(VirtualAddress function, VirtualAddress context, Out<long> cookie) =>
        RegisterCallback(function, "", VirtualAddress.Null, context, cookie);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.32 R-43", Missing = NotCalled)]
    internal NtStatus CmRegisterCallbackEx(
        VirtualAddress function, UnicodeString altitude, VirtualAddress driver, VirtualAddress context, Out<long> cookie, VirtualAddress reserved)
    {
        var text = altitude.ToText();
        if (text.Length == 0)
            return NtStatus.InvalidParameter;
        return _callbacks.Exists(c => c.Altitude.ToText() == text)
            ? NtStatus.FltInstanceAltitudeCollision
            : RegisterCallback(function, text, driver, context, cookie);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.32 R-43")]
    internal NtStatus CmUnRegisterCallback(long cookie)
    {
        var index = _callbacks.FindIndex(c => c.Cookie == cookie);
        if (index < 0)
            return NtStatus.InvalidParameter;
        var entry = _callbacks[index];
        _callbacks.RemoveAt(index);
        foreach (var kept in _contexts.Keys.Where(kept => kept.Cookie == cookie).ToArray())
            _contexts.Remove(kept);
        _kernel.Record(new RegistrationRecord(RegistrationKind.RegistryCallback, false, entry.Address, entry.Function, VirtualAddress.Null));
        _kernel.Ke.RemoveEntry(entry.Link.Address);
        _kernel.Ex.NonPagedPool.Free(entry.Altitude.Buffer);
        _kernel.Ex.NonPagedPool.Free(entry.Address);
        return NtStatus.Success;
    }

    /// <summary>Version 1.1, as from Windows 8 on; 1.0 before (Doc: CmGetCallbackVersion says only that it may rise).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CmGetCallbackVersion, WDK reference")]
    internal void CmGetCallbackVersion(Out<uint> major, Out<uint> minor)
    {
        major.SetIfGiven(Memory, 1);
        minor.SetIfGiven(Memory, (int)_kernel.Build < 9200 ? 0u : 1u);
    }

    private NtStatus RegisterCallback(VirtualAddress function, string altitude, VirtualAddress driver, VirtualAddress context, Out<long> cookie)
    {
        var entry = new CmCallbackEntry(
            Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)CmCallbackEntry.SizeOf(Memory.Layout), PoolTags.Registry, null));
        entry.SetCookie(Memory, _nextCookie);
        entry.SetContext(Memory, context);
        entry.SetFunction(Memory, function);
        _kernel.Rtl.WriteString(entry.Altitude, altitude, PoolTags.Registry);
        _kernel.Ke.InitializeList(entry.ObjectContexts.Address);
        cookie.Set(Memory, _nextCookie);
        _nextCookie++;
        _kernel.Ke.InsertTail(_callbackListHead, entry.Link.Address);
        _callbacks.Add(entry);
        _kernel.Record(new RegistrationRecord(RegistrationKind.RegistryCallback, true, entry.Address, function, driver));
        return NtStatus.Success;
    }

    private void RefuseWhenObserved()
    {
        if (_callbacks.Count > 0)
        {
            throw MachineStopException.Unsupported(
                UnsupportedKind.Case, $"a short form of a registry operation while {_callbacks.Count} registry callback(s) are registered");
        }
    }

    private void BootCallbacks()
    {
        _callbackListHead = _kernel.Images.Variable("CallbackListHead", 16);
        _kernel.Ke.InitializeList(_callbackListHead);
    }
}
