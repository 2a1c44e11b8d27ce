using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Twilio's REST API.</summary>
internal sealed class FakeTwilio : FakeProvider<Dictionary<string, string>>
{
    public const string Taken = """{"sid":"SM1","status":"queued","error_code":null,"error_message":null,"num_segments":"1"}""";

    public FakeTwilio Error(HttpStatusCode status, int code, string message = "told") => (FakeTwilio)Answer(
        status, $$"""{"code":{{code}},"message":"{{message}}","more_info":"https://www.twilio.com/docs/errors/{{code}}","status":{{(int)status}}}""");

    protected override Dictionary<string, string> Read(byte[] body) =>
        new FormReader(System.Text.Encoding.UTF8.GetString(body)).ReadForm().ToDictionary(field => field.Key, field => field.Value.ToString());
}
