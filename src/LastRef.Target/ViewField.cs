namespace LastRef;

/// <summary>One field that a view reads, as the generator noted it.</summary>
/// <param name="Type">Index of the structure among <see cref="TypeLayout.ViewTypes"/>.</param>
/// <param name="Path">The field's name, dotted when nested, alternatives separated by <c>|</c>.</param>
/// <param name="Expected">The storage the property's type stands for: <c>u4</c>, <c>x8</c> (either sign), <c>*</c>, <c>s:_X</c>, <c>bits</c>; arrays start with <c>[]</c>.</param>
/// <param name="MayBeAbsent">The property is null where a build lacks the field.</param>
internal readonly record struct ViewField(int Type, string Path, string Expected, bool MayBeAbsent);
