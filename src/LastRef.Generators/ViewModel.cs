namespace LastRef.Generators;

/// <summary>What a view's source says, in values that compare by content.</summary>
internal sealed record ViewModel(
    string Namespace, string Name, string Accessibility, string TypeName, bool LayoutIsHere,
    EquatableArray<ViewFieldModel> Fields, EquatableArray<DiagnosticInfo> Diagnostics);

/// <summary>How the body of a field's property reads memory.</summary>
internal enum ViewFieldShape
{
    Value,
    Bits,
    Pointer,
    Embedded,
    ValueArray,
    ViewArray,
}

/// <summary>One <c>[Field]</c> property.</summary>
/// <param name="Type">The property's type without a trailing question mark, fully qualified.</param>
/// <param name="Expected">The storage that the layouts must show: <c>u4</c>, <c>i8</c>, <c>x4</c> (any sign), <c>*</c>, <c>s:_X</c>, <c>[]</c>, <c>bits</c>.</param>
internal sealed record ViewFieldModel(
    string Property, string Path, string Accessibility, string Type, ViewFieldShape Shape, bool Nullable, bool Writable, string Expected);
