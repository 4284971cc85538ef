using System.Security.Cryptography;

namespace LastRef.Tests;

/// <summary>The layout extracts are exactly those that were reviewed, and agree with the facts of the behaviour specification.</summary>
public class LayoutExtractTests
{
    public static TheoryData<NtBuild> Builds => [.. TypeLayout.Builds];

    // A change of wanted.txt changes all five: run tools/LastRef.LayoutExtract for each build and put the new sums here.
    [Theory]
    [InlineData("7601.layout", "ebe4d4330077cb06aa51490222c0805dfc5d2c44766f34f608a4240e0c9bb100")]
    [InlineData("14393.layout", "2291c5eff7f3c9ab3e9c5a7e7d5c815cc8e0bc6f1df2bfd49df521791a0065b3")]
    [InlineData("17763.layout", "83a783594e91925a806873cf09c45e7bb5d0fa501c0df89cdd4fd579754947fa")]
    [InlineData("19041.layout", "19c73a8bdd97ef6b9458877f6917dcd3bf291c9599e41df3cd2bbee203551627")]
    [InlineData("22000.layout", "6610d6e7b907fedd76cac854718fbadf56fe4dce3d2f0dc508deabd8dd11a918")]
    public void The_extract_is_the_one_that_was_made_from_the_symbols(string name, string sha256)
    {
        using var stream = typeof(TypeLayout).Assembly.GetManifestResourceStream("LastRef.Layouts." + name);
        Assert.NotNull(stream);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    [Theory]
    [InlineData(NtBuild.Windows7Sp1, "ntkrnlmp.pdb 339E74133576439CBCDF7E0229DA3773 1 6.1.7601.24540")]
    [InlineData(NtBuild.Windows10_1607, "ntkrnlmp.pdb DBBC830E3E9A48FDA25A2144C146930E 1 10.0.14393.6343")]
    [InlineData(NtBuild.Windows10_1809, "ntkrnlmp.pdb 1806D020A6E46538D7AC3325FAC114D8 1 10.0.17763.5933")]
    [InlineData(NtBuild.Windows10_2004, "ntkrnlmp.pdb 5278AFF86C341677D7D7835C85B7B844 1 10.0.19041.804")]
    [InlineData(NtBuild.Windows11_21H2, "ntkrnlmp.pdb 0CE4A95C0CD782A7596B034D8648E585 1 10.0.22000.2538")]
    public void The_extract_names_its_symbol_file(NtBuild build, string source) => Assert.Equal(source, TypeLayout.For(build).Source);

    [Fact]
    public void A_build_without_an_extract_is_refused()
    {
        var refused = Assert.Throws<InputException>(() => TypeLayout.For((NtBuild)9600));
        Assert.Equal("No structure layouts are known for Windows build 9600; known are 7601, 14393, 17763, 19041, 22000.", refused.Message);
    }

    // U-1.1
    [InlineData("_DRIVER_OBJECT", "DeviceObject", 0x08)]
    [InlineData("_DRIVER_OBJECT", "Flags", 0x10)]
    [InlineData("_DRIVER_OBJECT", "DriverStart", 0x18)]
    [InlineData("_DRIVER_OBJECT", "DriverSize", 0x20)]
    [InlineData("_DRIVER_OBJECT", "DriverSection", 0x28)]
    [InlineData("_DRIVER_OBJECT", "DriverExtension", 0x30)]
    [InlineData("_DRIVER_OBJECT", "DriverName", 0x38)]
    [InlineData("_DRIVER_OBJECT", "DriverInit", 0x58)]
    [InlineData("_DRIVER_OBJECT", "DriverUnload", 0x68)]
    [InlineData("_DRIVER_OBJECT", "MajorFunction", 0x70)]
    // U-1.3
    [InlineData("_DRIVER_EXTENSION", "AddDevice", 0x08)]
    [InlineData("_DRIVER_EXTENSION", "Count", 0x10)]
    [InlineData("_DRIVER_EXTENSION", "ServiceKeyName", 0x18)]
    // U-1.8
    [InlineData("_DEVICE_OBJECT", "ReferenceCount", 0x04)]
    [InlineData("_DEVICE_OBJECT", "NextDevice", 0x10)]
    [InlineData("_DEVICE_OBJECT", "AttachedDevice", 0x18)]
    [InlineData("_DEVICE_OBJECT", "Flags", 0x30)]
    [InlineData("_DEVICE_OBJECT", "DeviceExtension", 0x40)]
    [InlineData("_DEVICE_OBJECT", "StackSize", 0x4C)]
    [InlineData("_DEVICE_OBJECT", "DeviceQueue", 0xA0)]
    [InlineData("_DEVICE_OBJECT", "DeviceLock", 0x118)]
    [InlineData("_DEVICE_OBJECT", "DeviceObjectExtension", 0x138)]
    // U-1.10
    [InlineData("_DEVOBJ_EXTENSION", "ExtensionFlags", 0x20)]
    [InlineData("_DEVOBJ_EXTENSION", "DeviceNode", 0x28)]
    [InlineData("_DEVOBJ_EXTENSION", "AttachedTo", 0x30)]
    [InlineData("_DEVOBJ_EXTENSION", "Vpb", 0x48)]
    // U-1.17
    [InlineData("_FILE_OBJECT", "DeviceObject", 0x08)]
    [InlineData("_FILE_OBJECT", "FsContext", 0x18)]
    [InlineData("_FILE_OBJECT", "Flags", 0x50)]
    [InlineData("_FILE_OBJECT", "FileName", 0x58)]
    [InlineData("_FILE_OBJECT", "IrpList", 0xC0)]
    [InlineData("_FILE_OBJECT", "FileObjectExtension", 0xD0)]
    // U-1.22
    [InlineData("_OBJECT_HEADER", "PointerCount", 0x00)]
    [InlineData("_OBJECT_HEADER", "HandleCount", 0x08)]
    [InlineData("_OBJECT_HEADER", "TypeIndex", 0x18)]
    [InlineData("_OBJECT_HEADER", "InfoMask", 0x1A)]
    [InlineData("_OBJECT_HEADER", "Flags", 0x1B)]
    [InlineData("_OBJECT_HEADER", "Body", 0x30)]
    // U-1.25
    [InlineData("_OBJECT_HEADER_NAME_INFO", "Name", 0x08)]
    [InlineData("_OBJECT_HEADER_NAME_INFO", "ReferenceCount", 0x18)]
    // U-1.30
    [InlineData("_OBJECT_TYPE", "TotalNumberOfObjects", 0x2C)]
    [InlineData("_OBJECT_TYPE", "TypeInfo", 0x40)]
    // U-1.39
    [InlineData("_IO_STACK_LOCATION", "Control", 0x03)]
    [InlineData("_IO_STACK_LOCATION", "DeviceObject", 0x28)]
    [InlineData("_IO_STACK_LOCATION", "CompletionRoutine", 0x38)]
    // U-1.40
    [InlineData("_IRP", "ThreadListEntry", 0x20)]
    [InlineData("_IRP", "IoStatus", 0x30)]
    [InlineData("_IRP", "CancelRoutine", 0x68)]
    [InlineData("_IRP", "Tail.Overlay.Thread", 0x98)]
    [InlineData("_IRP", "Tail.Overlay.CurrentStackLocation", 0xB8)]
    [InlineData("_IRP", "Tail.Overlay.OriginalFileObject", 0xC0)]
    // U-1.41
    [InlineData("_KTIMER", "DueTime", 0x18)]
    [InlineData("_KTIMER", "Dpc", 0x30)]
    [InlineData("_KTIMER", "Period", 0x3C)]
    [InlineData("_KDPC", "DeferredRoutine", 0x18)]
    // U-1.42
    [InlineData("_WORK_QUEUE_ITEM", "WorkerRoutine", 0x10)]
    [InlineData("_IO_WORKITEM", "Routine", 0x20)]
    [InlineData("_IO_WORKITEM", "IoObject", 0x28)]
    // U-1.43, U-1.44
    [InlineData("_IO_TIMER", "DeviceObject", 0x28)]
    [InlineData("_VPB", "ReferenceCount", 0x1C)]
    // U-1.45
    [InlineData("_IO_REMOVE_LOCK_COMMON_BLOCK", "IoCount", 0x04)]
    [InlineData("_IO_REMOVE_LOCK_COMMON_BLOCK", "RemoveEvent", 0x08)]
    // U-1.46
    [InlineData("_KLDR_DATA_TABLE_ENTRY", "DllBase", 0x30)]
    [InlineData("_KLDR_DATA_TABLE_ENTRY", "BaseDllName", 0x58)]
    [InlineData("_KLDR_DATA_TABLE_ENTRY", "LoadCount", 0x6C)]
    [InlineData("_KLDR_DATA_TABLE_ENTRY", "SectionPointer", 0x70)]
    // U-1.47
    [InlineData("_UNLOADED_DRIVERS", "EndAddress", 0x18)]
    // U-1.50
    [InlineData("_DEVICE_NODE", "PhysicalDeviceObject", 0x20)]
    [InlineData("_DEVICE_NODE", "ServiceName", 0x38)]
    // U-1.59
    [InlineData("_OBJECT_SYMBOLIC_LINK", "LinkTarget", 0x08)]
    [Theory]
    public void The_offset_is_that_of_the_specification_in_every_build(string structure, string path, int offset) =>
        Assert.All(TypeLayout.Builds, build =>
        {
            Assert.True(TypeLayout.For(build).TryGetField(structure, path, out var field));
            Assert.Equal(offset, field.Offset);
        });

    [Theory]
    [InlineData("_DRIVER_OBJECT", 0x150)] // U-1.1
    [InlineData("_DEVICE_OBJECT", 0x150)] // U-1.8
    [InlineData("_FILE_OBJECT", 0xD8)] // U-1.17
    [InlineData("_OBJECT_HEADER_CREATOR_INFO", 0x20)] // U-1.24
    [InlineData("_OBJECT_HEADER_NAME_INFO", 0x20)]
    [InlineData("_OBJECT_HEADER_HANDLE_INFO", 0x10)]
    [InlineData("_OBJECT_HEADER_QUOTA_INFO", 0x20)]
    [InlineData("_OBJECT_HEADER_PROCESS_INFO", 0x10)]
    [InlineData("_IO_STACK_LOCATION", 0x48)] // U-1.39
    [InlineData("_IRP", 0xD0)] // U-1.40
    [InlineData("_KTIMER", 0x40)] // U-1.41
    [InlineData("_WORK_QUEUE_ITEM", 0x20)] // U-1.42
    [InlineData("_IO_REMOVE_LOCK_COMMON_BLOCK", 0x20)] // U-1.45
    [InlineData("_UNLOADED_DRIVERS", 0x28)] // U-1.47
    public void The_size_is_that_of_the_specification_in_every_build(string structure, int size) =>
        Assert.All(TypeLayout.Builds, build => Assert.Equal(size, TypeLayout.For(build).Structure(structure)?.Size));

    [Theory]
    [InlineData(NtBuild.Windows7Sp1, "_IO_WORKITEM", "Type", 0x38)] // U-1.42
    [InlineData(NtBuild.Windows10_1607, "_IO_WORKITEM", "Type", 0x40)]
    // U-1.48 gives 388 and 3E8 for 6.1; the last updates of 7601, of which this extract is one, moved both by 8.
    [InlineData(NtBuild.Windows7Sp1, "_ETHREAD", "StartAddress", 0x390)]
    [InlineData(NtBuild.Windows11_21H2, "_ETHREAD", "StartAddress", 0x4A0)]
    [InlineData(NtBuild.Windows7Sp1, "_ETHREAD", "IrpList", 0x3F0)]
    [InlineData(NtBuild.Windows11_21H2, "_ETHREAD", "IrpList", 0x500)]
    [InlineData(NtBuild.Windows7Sp1, "_DEVICE_NODE", "State", 0xE0)] // U-1.51
    [InlineData(NtBuild.Windows7Sp1, "_DEVICE_NODE", "RequiresUnloadedDriver", 0x259)]
    [InlineData(NtBuild.Windows10_2004, "_DEVICE_NODE", "State", 0x12C)] // U-1.52
    [InlineData(NtBuild.Windows10_2004, "_DEVICE_NODE", "DriverUnloadRetryCount", 0x280)]
    [InlineData(NtBuild.Windows11_21H2, "_DEVICE_NODE", "TargetDeviceNotify", 0x1D8)]
    [InlineData(NtBuild.Windows10_1607, "_DEVOBJ_EXTENSION", "VerifierContext", 0x60)] // U-1.11
    [InlineData(NtBuild.Windows10_2004, "_DEVOBJ_EXTENSION", "VerifierContext", 0x68)]
    public void An_offset_that_moved_is_that_of_its_build(NtBuild build, string structure, string path, int offset)
    {
        Assert.True(TypeLayout.For(build).TryGetField(structure, path, out var field));
        Assert.Equal(offset, field.Offset);
    }

    [Theory]
    [InlineData(NtBuild.Windows7Sp1, "DeviceNodeStarted", 0x308)] // U-1.55
    [InlineData(NtBuild.Windows10_2004, "DeviceNodeStarted", 0x308)]
    [InlineData(NtBuild.Windows11_21H2, "DeviceNodeStarted", 0x30A)] // U-1.56
    [InlineData(NtBuild.Windows10_2004, "DeviceNodeRemovePendingCloses", 0x311)]
    [InlineData(NtBuild.Windows11_21H2, "DeviceNodeRemovePendingCloses", 0x313)]
    [InlineData(NtBuild.Windows11_21H2, "DeviceNodeDeletePendingCloses", 0x315)]
    public void A_devnode_state_has_the_number_of_its_build(NtBuild build, string name, int value)
    {
        var states = TypeLayout.For(build).Enumeration("_PNP_DEVNODE_STATE");
        Assert.NotNull(states);
        Assert.True(states.TryGetValue(name, out var found));
        Assert.Equal(value, found);
        Assert.Equal(name, states.NameOf(value));
    }

    [Fact]
    public void A_packed_handle_entry_has_the_bits_of_the_specification() // U-1.27
    {
        var layout = TypeLayout.For(NtBuild.Windows10_2004);
        Assert.True(layout.TryGetField("_HANDLE_TABLE_ENTRY", "RefCnt", out var references));
        Assert.Equal((0, 8, 1, 16), (references.Offset, references.Size, references.BitPosition, references.BitLength));
        Assert.True(layout.TryGetField("_HANDLE_TABLE_ENTRY", "ObjectPointerBits", out var pointer));
        Assert.Equal((20, 44), (pointer.BitPosition, pointer.BitLength));
    }

    [Theory, MemberData(nameof(Builds))]
    public void No_field_lies_outside_of_its_structure(NtBuild build)
    {
        var wrong = from structure in TypeLayout.For(build).Structures
                    from field in structure.Fields
                    where field.Offset + (field.Size * field.Count) > structure.Size
                    select $"{structure.Name}.{field.Name}";
        Assert.Empty(wrong);
    }

    [Theory, MemberData(nameof(Builds))]
    public void What_was_written_by_hand_cites_its_source_and_is_aligned(NtBuild build) =>
        Assert.All(TypeLayout.Supplement(build), structure =>
        {
            Assert.NotEmpty(structure.Source);
            Assert.All(structure.Fields.Where(f => f.Kind != FieldKind.Structure && !f.IsArray), f => Assert.Equal(0, f.Offset % f.Size));
        });

    [Fact]
    public void The_symbols_win_over_what_was_written_by_hand()
    {
        Assert.StartsWith("ntkrnlmp.pdb", TypeLayout.For(NtBuild.Windows10_2004).Structure("_KLDR_DATA_TABLE_ENTRY")?.Source, StringComparison.Ordinal);
        Assert.StartsWith("U-1.46", TypeLayout.For(NtBuild.Windows7Sp1).Structure("_KLDR_DATA_TABLE_ENTRY")?.Source, StringComparison.Ordinal);
    }
}
