using System.Buffers.Text;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Links that open the choice of one recipient of one user, and nothing else.</summary>
public sealed class UnsubscribeLinksTests
{
    private const string Key = "a secret of at least thirty-two characters";

    private static readonly UnsubscribeTarget Target = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "Bestellungen ☎");

    [Fact]
    public void A_link_says_whose_it_is()
    {
        var links = With(Key);
        var url = links.UrlFor(Target.UserId, Target.RecipientId, Target.Category).ShouldNotBeNull();

        url.ShouldStartWith("https://switchboard.test/base/u/");
        links.TryRead(url["https://switchboard.test/base/u/".Length..], out var read).ShouldBeTrue();
        read.ShouldBe(Target);
    }

    [Fact]
    public void Without_an_address_of_the_edge_there_is_none() =>
        new UnsubscribeLinks(Secrets(Key), Options.Create(new PublicLinkOptions())).UrlFor(Target.UserId, Target.RecipientId, "default").ShouldBeNull();

    [Fact]
    public void Whatever_is_changed_of_it_opens_nothing()
    {
        var links = With(Key);
        var bytes = Base64Url.DecodeFromChars(Token(links));

        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            links.TryRead(Base64Url.EncodeToString(changed), out _).ShouldBeFalse($"byte {at}");
            links.TryRead(Base64Url.EncodeToString(bytes.AsSpan(0, at)), out _).ShouldBeFalse($"{at} bytes");
        }

        foreach (var odd in (string?[])[null, "", "x", "%00", new string('A', 10_000), $"{Token(links)}A"])
            links.TryRead(odd, out _).ShouldBeFalse(odd);
    }

    [Fact]
    public void It_is_good_for_the_key_that_signed_it_and_while_that_is_a_former_one()
    {
        var token = Token(With(Key));

        With("another secret of thirty-two characters", Key).TryRead(token, out _).ShouldBeTrue();
        With("another secret of thirty-two characters").TryRead(token, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_signs_for_one_purpose_signs_for_no_other()
    {
        var secrets = Secrets(Key);
        secrets.IsSignedBy([1, 2], secrets.Sign([1, 2], "one"), "one").ShouldBeTrue();
        secrets.IsSignedBy([1, 2], secrets.Sign([1, 2], "one"), "other").ShouldBeFalse();
        secrets.IsSignedBy([1, 2], [], "one").ShouldBeFalse();
    }

    private static string Token(UnsubscribeLinks links) => links.TokenFor(Target.UserId, Target.RecipientId, Target.Category);

    private static UnsubscribeLinks With(string key, params string[] former) =>
        new(Secrets(key, former), Options.Create(new PublicLinkOptions { PublicBaseUrl = new("https://switchboard.test/base/") }));

    private static SecretProtector Secrets(string key, params string[] former) =>
        new(Options.Create(new EncryptionOptions { Key = key, PreviousKeys = [.. former] }));
}
