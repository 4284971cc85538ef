namespace LastRef.Kernel;

/// <summary>Why a device may not be removed (U-5.50, spec 5.6).</summary>
/// <param name="Name">What the veto's name contains for its type: an instance path, a module, a service, a driver.</param>
/// <param name="Owner">Who refused or holds what is in the way: an image of a process or a driver object; null when nobody is known.</param>
internal sealed record PnpVeto(VetoType Type, string Name, string? Owner = null);
