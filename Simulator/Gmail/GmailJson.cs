using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Gmail;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProfileResource))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(WatchResource))]
[JsonSerializable(typeof(HistoryList))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(MessageResource))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(Jwks))]
[JsonSerializable(typeof(JwtHeader))]
[JsonSerializable(typeof(JwtClaims))]
[JsonSerializable(typeof(PushData))]
[JsonSerializable(typeof(PushBody))]
[JsonSerializable(typeof(NewMail))]
[JsonSerializable(typeof(NewMail[]))]
[JsonSerializable(typeof(AddedMail))]
[JsonSerializable(typeof(AddedMail[]))]
[JsonSerializable(typeof(RepeatedPush))]
[JsonSerializable(typeof(MailboxView[]))]
[JsonSerializable(typeof(MailboxName))]
[JsonSerializable(typeof(TokenSettings))]
internal sealed partial class GmailJson : JsonSerializerContext
{
    /// <summary>For mails, which have characters of every kind.</summary>
    public static GmailJson Readable { get; } = new(ReadableJson.Options());
}
