namespace LastRef;

/// <summary>Callbacks of other drivers in which the removal of a driver's device stands still.</summary>
public sealed partial class MachineSurvey
{
    /// <summary>Registrations for target device changes, by the device node that they hang at.</summary>
    private readonly Dictionary<VirtualAddress, List<RegistrationRoot>> _targetRegistrations = [];

    private List<CapturedBlockedCallback> BlockedCallbacksOf(Capture capture)
    {
        _ = Registrations;
        var blocked = new List<CapturedBlockedCallback>();
        foreach (var node in capture.DeviceNodes)
        {
            foreach (var registration in _targetRegistrations.GetValueOrDefault(node.Address) ?? [])
            {
                if (capture.IsInImage(registration.Routine) || Unwinder.ModuleOf(registration.Routine) is not { } module)
                    continue;
                var stack = StacksIn(module.Base, module.ByteCount).FirstOrDefault(s => !s.WaitObject.IsNull && s.IsUnwound && s.Functions.Contains(registration.Routine));
                if (stack is not null)
                {
                    blocked.Add(new CapturedBlockedCallback(
                        registration, module.Name, node.InstancePath, stack.Thread, stack.WaitObject,
                        new CallSite(stack.Frames[0], module.Name, new Rva((uint)(stack.Frames[0] - module.Base)))));
                }
            }
        }

        return blocked;
    }
}
