namespace LastRef.Tests;

public class NtStatusTests
{
    public static TheoryData<uint, string> OfTheSpecification => new()
    {
        { 0x00000000, "STATUS_SUCCESS" },
        { 0x00000102, "STATUS_TIMEOUT" },
        { 0x00000103, "STATUS_PENDING" },
        { 0xC000000D, "STATUS_INVALID_PARAMETER" }, // U-3.11
        { 0xC000000E, "STATUS_NO_SUCH_DEVICE" }, // U-3.70
        { 0xC0000010, "STATUS_INVALID_DEVICE_REQUEST" }, // U-3.15
        { 0xC0000022, "STATUS_ACCESS_DENIED" }, // U-3.71
        { 0xC0000034, "STATUS_OBJECT_NAME_NOT_FOUND" }, // U-3.12
        { 0xC0000035, "STATUS_OBJECT_NAME_COLLISION" }, // U-1.60
        { 0xC0000038, "STATUS_DEVICE_ALREADY_ATTACHED" }, // U-6.24
        { 0xC0000056, "STATUS_DELETE_PENDING" }, // U-3.14
        { 0xC0000061, "STATUS_PRIVILEGE_NOT_HELD" }, // U-3.10
        { 0xC00000BB, "STATUS_NOT_SUPPORTED" },
        { 0xC000010E, "STATUS_IMAGE_ALREADY_LOADED" }, // U-2.3
        { 0xC0000160, "STATUS_ILL_FORMED_SERVICE_ENTRY" }, // U-2.3
        { 0xC000025E, "STATUS_PLUGPLAY_NO_DEVICE" }, // U-2.19
        { 0xC0000365, "STATUS_FAILED_DRIVER_ENTRY" }, // U-2.16
        { 0xC000038E, "STATUS_DRIVER_FAILED_PRIOR_UNLOAD" }, // U-3.84
    };

    [Theory, MemberData(nameof(OfTheSpecification))]
    public void A_status_of_the_specification_has_its_name(uint code, string name) =>
        Assert.Equal(name, NtStatus.FromCode(code).ToString());

    [Fact]
    public void An_unknown_status_is_shown_as_its_number() => Assert.Equal("E1234567", NtStatus.FromCode(0xE1234567).ToString());

    [Theory]
    [InlineData(0x00000000u, true)]
    [InlineData(0x40000000u, true)]
    [InlineData(0x80000005u, false)]
    [InlineData(0xC0000001u, false)]
    public void Success_and_information_are_success(uint code, bool success) => Assert.Equal(success, NtStatus.FromCode(code).IsSuccess);

    [Fact]
    public void The_constants_carry_their_numbers()
    {
        Assert.Equal(0xC0000010, NtStatus.InvalidDeviceRequest.Code);
        Assert.Equal(0x103u, NtStatus.Pending.Code);
        Assert.Equal(0x80000005, NtStatus.BufferOverflow.Code);
    }
}
