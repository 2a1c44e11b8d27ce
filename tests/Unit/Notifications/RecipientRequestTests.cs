using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Switchboard.Edge.Api.Notifications.Recipients;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>What addresses and locales a recipient may have; what can be seen over HTTP is in tests/Edge.</summary>
public sealed class RecipientRequestTests
{
    private const string P256dh = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Theory]
    [InlineData("slack", "https://hooks.slack.com/services/T0/B0/x", true, true)]
    [InlineData("slack", "https://hooks.slack.com.evil.test/services/T0/B0/x", false, true)]
    [InlineData("slack", "https://discord.com/api/webhooks/1/x", false, true)]
    [InlineData("discord", "https://discord.com/api/webhooks/1/x", true, true)]
    [InlineData("teams", "https://prod-1.westeurope.logic.azure.com:443/workflows/x", true, true)]
    [InlineData("teams", "https://logic.azure.com/workflows/x", false, true)]
    [InlineData("teams", "https://evil-logic.azure.com/workflows/x", false, true)]
    [InlineData("slack", "http://localhost:5090/slack/services/T0/B0/x", false, true)]
    [InlineData("slack", "https://localhost/x", false, true)]
    [InlineData("slack", "http://hooks.slack.com/services/T0/B0/x", false, false)]
    [InlineData("slack", "https://user:password@hooks.slack.com/x", false, false)]
    [InlineData("slack", "https://192.168.0.1/x", false, false)]
    [InlineData("slack", "https://[fd00::1]/x", false, false)]
    [InlineData("slack", "https://2130706433/x", false, false)]
    [InlineData("slack", "ftp://localhost/x", false, false)]
    public void Webhooks_of_chat_are_the_services_own_and_in_Development_the_simulators_too(string service, string url, bool isTaken, bool isTakenInDevelopment)
    {
        var recipient = new RecipientRequest { Id = "x", Chat = [new() { Service = service, Url = url }] };

        Mistakes(recipient, Environments.Production).ShouldBe(isTaken ? [] : ["chat[0].url"]);
        Mistakes(recipient, Environments.Development).ShouldBe(isTakenInDevelopment ? [] : ["chat[0].url"]);
    }

    [Theory]
    [InlineData("https://fcm.googleapis.com/fcm/send/x", true)]
    [InlineData("https://10.1.2.3/x", false)]
    [InlineData("https://localhost/x", false)]
    [InlineData("http://push.example/x", false)]
    [InlineData("push.example/x", false)]
    public void A_subscription_is_called_by_https_at_a_public_address(string endpoint, bool isTaken) => Mistakes(
        new() { Id = "x", Push = [new() { Service = "web", Subscription = new() { Endpoint = endpoint, Keys = new() { P256dh = P256dh, Auth = "AAAAAAAAAAAAAAAAAAAAAA" } } }] },
        Environments.Production).ShouldBe(isTaken ? [] : ["push[0].subscription.endpoint"]);

    [Theory]
    [InlineData("de", true)]
    [InlineData("de-AT", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("es-419", true)]
    [InlineData("fil-PH", true)]
    [InlineData("sl-IT-nedis", true)]
    [InlineData("xx", false)]
    [InlineData("de-XX", false)]
    [InlineData("de_AT", false)]
    [InlineData("DE-at", false)]
    [InlineData("german", false)]
    [InlineData("", false)]
    public void A_locale_is_one_that_there_is(string locale, bool isTaken) =>
        Mistakes(new() { Id = "x", Locale = locale }, Environments.Production).ShouldBe(isTaken ? [] : ["locale"]);

    [Fact]
    public void What_is_left_out_is_told_from_null()
    {
        var request = JsonSerializer.Deserialize<RecipientRequest>("""{"id":"x","email":null,"properties":null,"chat":null}""", JsonSerializerOptions.Web)!;

        request.SaidChannels.ShouldBe(["email", "chat"], ignoreOrder: true);
        (request.Says(nameof(request.Properties)), request.Says(nameof(request.Locale))).ShouldBe((true, false));
        Mistakes(request, Environments.Production).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"a":[1,-0.0,1.5e300,"ü",null,true,{"b":"\ud83d\ude00"}]}""", true)]
    [InlineData("""{"a":"\u0000"}""", false)]
    [InlineData("""{"a\u0000":1}""", false)]
    [InlineData("""{"a":["\ud83d"]}""", false)]
    [InlineData("""{"\ud83d":1}""", false)]
    [InlineData("""{"a":{"b":1e400}}""", false)]
    [InlineData("""{"a":1e-400000}""", false)]
    [InlineData("""{"a":0e-400000}""", true)]
    public void JSON_is_taken_if_Postgres_takes_it(string json, bool isTaken)
    {
        using var document = JsonDocument.Parse(json);
        TextRules.IsStorable(document.RootElement).ShouldBe(isTaken);
    }

    private static List<string> Mistakes(RecipientRequest recipient, string environment) =>
    [
        .. new RecipientValidator(new HostingEnvironment { EnvironmentName = environment }).Validate(recipient).Errors
            .Select(error => FieldNames.Of(error.PropertyName)).Distinct(),
    ];
}
