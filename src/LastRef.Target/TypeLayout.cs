namespace LastRef;

/// <summary>Where the fields of one kernel build's structures lie.</summary>
/// <remarks>
/// The fields that views use are numbered when the views are generated; a layout resolves all of them once, so that a
/// field read costs one array access and no name lookup.
/// </remarks>
public sealed partial class TypeLayout
{
}
