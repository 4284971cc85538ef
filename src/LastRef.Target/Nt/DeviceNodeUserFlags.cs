namespace LastRef.Nt;

/// <summary>DEVICE_NODE.UserFlags (DNUF_*).</summary>
/// <remarks>Spec: U-1.58.</remarks>
[Flags]
public enum DeviceNodeUserFlags : uint
{
    None = 0,
    WillBeRemoved = 1,
    DontShowInUi = 2,
    NeedRestart = 4,
    NotDisableable = 8,
}
