namespace LastRef;

/// <summary>The kinds of memory in which a driver keeps its objects.</summary>
public enum PlaceKind
{
    DeviceExtension,
    Image,
    Stack,
    Pool,
}
