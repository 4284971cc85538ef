namespace LastRef.Kernel;

/// <summary>CmResourceType values (wdm.h; Doc: CM_PARTIAL_RESOURCE_DESCRIPTOR).</summary>
public enum DeviceResourceKind : byte
{
    Port = 1,
    Interrupt = 2,
    Memory = 3,
}
