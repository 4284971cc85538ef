using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Calling registry callbacks: before an operation, where they can block or take it over, and after it.</summary>
/// <remarks>Doc: "Filtering Registry Calls" and "Handling Notifications", WDK. Callbacks of the highest altitude come first before, and last after.</remarks>
internal sealed partial class ConfigurationManager
{
    private const int PostBytes = 0x38;
    private readonly HashSet<VirtualAddress> _notifying = [];

    /// <summary>Carries out an operation between the notifications before and after it.</summary>
    /// <param name="body">The key object; for creating and opening the root of the path.</param>
    /// <param name="describe">Fills the structure behind its first member.</param>
    /// <param name="result">The key object that an open gave; null for other operations, whose object is <paramref name="body"/>.</param>
    private async GuestTask<NtStatus> Observe(
        RegistryNotice notice, VirtualAddress body, Action<VirtualAddress> describe, Func<NtStatus> perform, Func<VirtualAddress>? result = null)
    {
        if (_callbacks.Count == 0)
            return perform();
        RefuseRecursion();
        var information = _kernel.Ex.NonPagedPool.Allocate((ulong)notice.ByteCount, PoolTags.Registry, null);
        var post = _kernel.Ex.NonPagedPool.Allocate(PostBytes, PoolTags.Registry, null);
        Memory.Clear(information, notice.ByteCount);
        describe(information);
        _notifying.Add(_kernel.CurrentThread.Address);
        var status = await Notify(notice, body, information, post, perform, result);
        _notifying.Remove(_kernel.CurrentThread.Address);
        _kernel.Ex.NonPagedPool.Free(post);
        _kernel.Ex.NonPagedPool.Free(information);
        return status;
    }

    private async GuestTask<NtStatus> Notify(
        RegistryNotice notice, VirtualAddress body, VirtualAddress information, VirtualAddress post, Func<NtStatus> perform, Func<VirtualAddress>? result)
    {
        var called = new List<(CmCallbackEntry Entry, ulong CallContext)>();
        foreach (var entry in ByAltitude())
        {
            Memory.WriteUInt64(information + notice.CallContextOffset, 0);
            Memory.WriteUInt64(information + notice.ObjectContextOffset, ContextOf(entry, body));
            var answer = await CallBack(entry, notice.Before, information);

            // What a callback blocks or has done itself is not done, and nobody is told afterwards.
            if (answer == NtStatus.CallbackBypass)
                return NtStatus.Success;
            if (!answer.IsSuccess)
                return answer;
            called.Add((entry, Memory.ReadUInt64(information + notice.CallContextOffset)));
        }

        var status = perform();
        for (var i = called.Count - 1; i >= 0; i--)
        {
            // REG_POST_OPERATION_INFORMATION: Object 0, Status 8, PreInformation 10h, ReturnStatus 18h, CallContext 20h, ObjectContext 28h.
            var key = result is null ? body : status.IsSuccess ? result() : VirtualAddress.Null;
            Memory.WritePointer(post, key);
            Memory.WriteUInt32(post + 8, status.Code);
            Memory.WritePointer(post + 0x10, information);
            Memory.WriteUInt32(post + 0x18, status.Code);
            Memory.WriteUInt64(post + 0x20, called[i].CallContext);
            Memory.WriteUInt64(post + 0x28, key.IsNull ? 0 : ContextOf(called[i].Entry, key));
            if (await CallBack(called[i].Entry, notice.After, post) == NtStatus.CallbackBypass)
                status = new NtStatus((int)Memory.ReadUInt32(post + 0x18));
        }

        return status;
    }

    private async GuestTask<NtStatus> CallBack(CmCallbackEntry entry, uint notifyClass, VirtualAddress information)
    {
        var result = await _kernel.CallDriver(
            DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, entry.Function, entry.Context.Value, notifyClass, information.Value);
        return new NtStatus((int)(uint)result);
    }

    /// <summary>Callbacks without an altitude, of the older form, come before all others.</summary>
    private CmCallbackEntry[] ByAltitude() => [.. _callbacks.OrderByDescending(entry => AltitudeOf(entry.Altitude.ToText()))];

    private static decimal AltitudeOf(string altitude) =>
        decimal.TryParse(altitude, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : decimal.MaxValue;

    /// <summary>What Windows does when a callback's own registry operation would call it again is not documented.</summary>
    private void RefuseRecursion()
    {
        if (_notifying.Contains(_kernel.CurrentThread.Address))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "a registry operation made by a registry callback itself");
    }
}
