namespace LastRef;

/// <summary>Another driver's callback for a removal of the driver's device, in which a thread waits: the removal stands still.</summary>
/// <param name="Registration">The callback's registration on the device node.</param>
/// <param name="Image">File name of the image that the callback lies in.</param>
/// <param name="InstancePath">The device that it was registered for.</param>
public sealed record CapturedBlockedCallback(
    RegistrationRoot Registration, string Image, string InstancePath, VirtualAddress Thread, VirtualAddress WaitObject, CallSite Site);
