namespace LastRef.Tests;

/// <summary>Every field that a view reads exists, with the width the property claims, in every build that LastRef carries.</summary>
public class ViewFieldTests
{
    public static TheoryData<NtBuild> Builds => [.. TypeLayout.Builds];

    [Theory, MemberData(nameof(Builds))]
    public void Every_viewed_structure_is_in_the_build(NtBuild build)
    {
        var layout = TypeLayout.For(build);
        Assert.All(TypeLayout.ViewTypes, type => Assert.NotNull(layout.Structure(type)));
    }

    [Theory, MemberData(nameof(Builds))]
    public void Every_viewed_field_is_in_the_build_unless_it_may_be_absent(NtBuild build)
    {
        var layout = TypeLayout.For(build);
        Assert.Empty(TypeLayout.ViewFields
            .Where(f => !f.MayBeAbsent && !layout.TryGetField(TypeLayout.ViewTypes[f.Type], f.Path, out _))
            .Select(f => TypeLayout.ViewTypes[f.Type] + "." + f.Path));
    }

    [Fact]
    public void A_field_that_may_be_absent_is_present_somewhere_and_absent_somewhere()
    {
        foreach (var field in TypeLayout.ViewFields.Where(f => f.MayBeAbsent))
        {
            var present = TypeLayout.Builds.Count(b => TypeLayout.For(b).TryGetField(TypeLayout.ViewTypes[field.Type], field.Path, out _));
            Assert.True(present > 0 && present < TypeLayout.Builds.Count, $"{TypeLayout.ViewTypes[field.Type]}.{field.Path} is in {present} builds");
        }
    }

    [Theory, MemberData(nameof(Builds))]
    public void Every_viewed_field_has_the_width_and_kind_that_its_property_claims(NtBuild build)
    {
        var layout = TypeLayout.For(build);
        var wrong = new List<string>();
        foreach (var field in TypeLayout.ViewFields)
        {
            var type = TypeLayout.ViewTypes[field.Type];
            if (layout.TryGetField(type, field.Path, out var found) && !Fits(field.Expected, found))
                wrong.Add($"{type}.{field.Path} is read as {field.Expected} but is {found}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_sign_of_every_integer_field_is_that_of_a_build()
    {
        // Some fields changed from ULONG to LONG over time; a property may follow either, but not a build that never was.
        var wrong = TypeLayout.ViewFields
            .Where(f => f.Expected[0] is 'u' or 'i')
            .Where(f => !TypeLayout.Builds.Any(b =>
                TypeLayout.For(b).TryGetField(TypeLayout.ViewTypes[f.Type], f.Path, out var found)
                && (found.Kind is not (FieldKind.Signed or FieldKind.Unsigned) || (found.Kind == FieldKind.Signed) == (f.Expected[0] == 'i'))))
            .Select(f => TypeLayout.ViewTypes[f.Type] + "." + f.Path);
        Assert.Empty(wrong);
    }

    private static bool Fits(string expected, FieldLayout field)
    {
        if (expected == "bits")
            return field.IsBitField;
        if (field.IsBitField)
            return false;
        if (expected.StartsWith("[]", StringComparison.Ordinal))
            return field.IsArray && Fits(expected[2..], field with { IsArray = false });
        if (field.IsArray)
            return false;
        if (expected == "*")
            return field.Kind == FieldKind.Pointer;
        if (expected.StartsWith("s:", StringComparison.Ordinal))
            return field.Kind == FieldKind.Structure && field.TypeName == expected[2..];
        return field.Size == Convert.ToInt32(expected[1..], 16);
    }
}
