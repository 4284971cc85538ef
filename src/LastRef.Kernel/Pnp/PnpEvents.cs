namespace LastRef.Kernel;

/// <summary>GUIDs of the notifications that the PnP manager sends (wdmguid.h; Doc: "Using PnP notification").</summary>
internal static class PnpEvents
{
    public static readonly Guid InterfaceArrival = new("cb3a4004-46f0-11d0-b08f-00609713053f");
    public static readonly Guid InterfaceRemoval = new("cb3a4005-46f0-11d0-b08f-00609713053f");
    public static readonly Guid QueryRemove = new("cb3a4006-46f0-11d0-b08f-00609713053f");
    public static readonly Guid RemoveCancelled = new("cb3a4007-46f0-11d0-b08f-00609713053f");
    public static readonly Guid RemoveComplete = new("cb3a4008-46f0-11d0-b08f-00609713053f");
}
