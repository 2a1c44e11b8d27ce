using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Tests.Unit.Sms.Media;

public sealed class TypeClaimTests
{
    [Theory]
    [InlineData("image/png", "image/png", "image/png")]
    [InlineData("IMAGE/PNG; charset=binary", "image/png", "image/png")]
    [InlineData("image/jpg", "image/jpeg", "image/jpeg")]
    [InlineData("audio/mp3", "audio/mpeg", "audio/mpeg")]
    [InlineData("audio/x-wav", "audio/wav", "audio/wav")]
    [InlineData("audio/vnd.wave", "audio/wav", "audio/wav")]
    [InlineData("application/ogg", "audio/ogg", "audio/ogg")]
    [InlineData("application/octet-stream", "image/png", "image/png")]
    [InlineData("binary/octet-stream", "audio/amr", "audio/amr")]
    [InlineData(null, "image/gif", "image/gif")]
    [InlineData("", "image/gif", "image/gif")]
    [InlineData("text/csv", "text/plain", "text/csv")]
    [InlineData("text/x-vcard", "text/vcard", "text/vcard")]
    [InlineData("application/zip", "application/zip", "application/zip")]
    public void The_same_type_by_whatever_name_is_taken(string? said, string detected, string kept) =>
        TypeClaim.Settle(detected, said, null).ShouldBe(kept);

    [Theory]
    [InlineData("audio/3gpp", "video/3gpp", "audio/3gpp")]
    [InlineData("audio/mp4", "video/mp4", "audio/mp4")]
    [InlineData("video/mp4", "video/quicktime", "video/mp4")]
    [InlineData("audio/webm", "video/webm", "audio/webm")]
    [InlineData("audio/x-m4a", "video/mp4", "audio/mp4")]
    public void Where_the_bytes_show_only_the_container_what_was_said_decides_what_is_in_it(string said, string detected, string kept) =>
        TypeClaim.Settle(detected, said).ShouldBe(kept);

    [Theory]
    [InlineData("image/png", "application/pdf", "It was announced as image/png but is application/pdf.")]
    [InlineData("image/png", "image/jpeg", "It was announced as image/png but is image/jpeg.")]
    [InlineData("text/plain", "image/png", "It was announced as text/plain but is image/png.")]
    [InlineData("image/png", null, "It was announced as image/png but is of no known type.")]
    [InlineData("application/octet-stream", null, "It is of no known type.")]
    [InlineData(null, null, "It is of no known type.")]
    [InlineData("text/html", Programs.Html, "It is text/html, which can carry scripts.")]
    [InlineData("image/svg+xml", Programs.Svg, "It is image/svg+xml, which can carry scripts.")]
    [InlineData("application/octet-stream", Programs.Windows, "It is a program (application/vnd.microsoft.portable-executable).")]
    public void Anything_else_is_refused_with_the_reason(string? said, string? detected, string reason)
    {
        var refused = Should.Throw<ProviderException>(() => TypeClaim.Settle(detected, said));

        refused.Message.ShouldBe(reason);
        refused.Kind.ShouldBe(FailureKind.Permanent);
    }

    [Fact]
    public void Both_who_said_something_must_be_right() =>
        Should.Throw<ProviderException>(() => TypeClaim.Settle("image/png", "image/png", "image/jpeg")).Message
            .ShouldBe("It was announced as image/jpeg but is image/png.");
}
