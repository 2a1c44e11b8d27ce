using System.Buffers.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Media;

namespace Switchboard.Tests.Unit.Social.Media;

public sealed class SocialMediaLinksTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private readonly Guid _media = Guid.CreateVersion7();
    private readonly Guid _user = Guid.CreateVersion7();

    [Fact]
    public void A_link_names_its_file_its_user_and_its_end()
    {
        var url = Links("https://sb.example/base/").UrlFor(_media, _user, TimeSpan.FromMinutes(5))!;

        url.AbsoluteUri.ShouldStartWith("https://sb.example/base/m/");
        Links().TryRead(url.Segments[^1], out var target).ShouldBeTrue();
        target.ShouldBe(new(_media, _user, _time.GetUtcNow().AddMinutes(5)));
        Links(null).UrlFor(_media, _user, TimeSpan.FromMinutes(5)).ShouldBeNull();
    }

    [Fact]
    public void Whoever_changes_anything_of_it_has_no_link()
    {
        var token = Base64Url.DecodeFromChars(Links().TokenFor(_media, _user, _time.GetUtcNow()));
        for (var at = 0; at < token.Length; at++)
        {
            var changed = token.ToArray();
            changed[at] ^= 1;
            Links().TryRead(Base64Url.EncodeToString(changed), out _).ShouldBeFalse($"byte {at}");
        }

        Links().TryRead(Base64Url.EncodeToString(token.AsSpan(1)), out _).ShouldBeFalse();
        Links().TryRead(null, out _).ShouldBeFalse();
        Links().TryRead(new string('!', Base64Url.GetEncodedLength(token.Length)), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_former_key_is_good_as_long_as_it_is_known()
    {
        var token = Links(key: new('a', 32)).TokenFor(_media, _user, _time.GetUtcNow());

        Links(key: new('b', 32), former: [new('a', 32)]).TryRead(token, out _).ShouldBeTrue();
        Links(key: new('b', 32)).TryRead(token, out _).ShouldBeFalse();
    }

    private SocialMediaLinks Links(string? address = "https://sb.example", string? key = null, params string[] former) => new(
        new(Options.Create(new EncryptionOptions { Key = key ?? new string('k', 32), PreviousKeys = former })),
        Options.Create(new SocialOptions { PublicBaseUrl = address is null ? null : new(address) }),
        _time);
}
