namespace LastRef.Lab;

/// <summary>How a neighbour comes to run.</summary>
internal enum NeighbourRole
{
    /// <summary>Its service is started once the driver under test works.</summary>
    Service,

    /// <summary>It sets AddDevice: a filter above the driver under test.</summary>
    UpperFilter,

    /// <summary>The profile gives it a place in a stack, where the PnP manager loads it.</summary>
    InStack,

    /// <summary>It is mapped because the driver under test imports from it.</summary>
    Library,
}
