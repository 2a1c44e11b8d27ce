using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Edge.Api.Notifications.Notify;
using Switchboard.Edge.Api.Platform;
using Switchboard.ServiceDefaults;

namespace Switchboard.Tests.Unit.Notifications.Notify;

public sealed class NotifyBodyTests
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new WordEnumConverter(), new Times.Converter() } };

    private readonly NotifyBodyValidator _validator = new(new FakeTimeProvider(new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("""{"to":["ann"],"template":"welcome"}""", "")]
    [InlineData("""{"to":["ann",{"id":"bob"},{"email":"a@b.test"},{"phone":"+15550100001"},{"whatsapp":"+15550100001"},{"topic":"news"}],"content":{"body":"hello"}}""", "")]
    [InlineData("""{"content":{"body":"hello"}}""", "to")]
    [InlineData("""{"to":[],"content":{"body":"hello"}}""", "to")]
    [InlineData("""{"to":["",null,{},{"id":"a","topic":"b"},{"email":"Ann <a@b.test>"},{"phone":"12"}],"content":{"body":"hello"}}""", "to[0] to[1] to[2] to[3] to[4] to[5]")]
    [InlineData("""{"to":["ann"]}""", "content")]
    [InlineData("""{"to":["ann"],"template":"welcome","content":{"body":"hello"}}""", "content")]
    [InlineData("""{"to":["ann"],"content":{"subject":"hello","body":" \n"}}""", "content.body")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"channels":["sms","smoke"]}""", "channels[1]")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"channels":[]}""", "channels")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"channels":["sms","sms"]}""", "channels")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"fallback":{"channels":["sms"]}}""", "fallback.channels")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"fallback":{"channels":["sms","email"],"afterMinutes":0}}""", "fallback.afterMinutes")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"sendAt":"2028-11-22T12:00:00Z"}""", "sendAt")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"expiresAt":"2026-11-22T11:00:00Z"}""", "expiresAt")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"sendAt":"2026-11-23T12:00:00Z","expiresAt":"2026-11-23T11:00:00Z"}""", "expiresAt")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"data":[1]}""", "data")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"data":{"a":"\u0000"}}""", "data")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"data":{"a":"\ud800"}}""", "data")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"data":{"a\ud800":1}}""", "data")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"dedupKey":"","digest":{"key":""}}""", "dedupKey digest.key")]
    [InlineData("""{"to":["ann"],"content":{"body":"hello"},"digest":false}""", "")]
    public void Each_field_that_is_wrong_is_named(string json, string expected) => string.Join(' ', Mistakes(json)).ShouldBe(expected);

    [Theory]
    [InlineData(16, "")]
    [InlineData(17, "data")]
    public void Data_are_nested_so_deep_at_most(int depth, string expected) => string.Join(' ', Mistakes(
        $$$"""{"to":["ann"],"content":{"body":"hello"},"data":{{{string.Concat(Enumerable.Repeat("{\"a\":", depth))}}}1{{{new string('}', depth)}}}}"""))
        .ShouldBe(expected);

    [Theory]
    [InlineData(1_000, 32_000, "")]
    [InlineData(1_001, 33_000, "to data")]
    public void So_many_recipients_and_so_much_data_at_most(int recipients, int data, string expected) => string.Join(' ', Mistakes(
        JsonSerializer.Serialize(new
        {
            to = Enumerable.Range(0, recipients).Select(number => $"recipient-{number}"),
            content = new { body = "hello" },
            data = new { a = new string('x', data) },
        }))).ShouldBe(expected);

    [Fact]
    public void What_was_asked_for_is_what_is_stored()
    {
        var body = JsonSerializer.Deserialize<NotifyBody>(
            """
            {"to":["ann",{"email":"a@b.test"},{"topic":"news"}],"template":"t","data":{"n":1},"channels":["sms"],
             "fallback":{"channels":["sms","email"],"afterMinutes":5},"digest":{"key":"k"},"expiresAt":"2026-11-22T13:00:00+01:00"}
            """, Json)!;
        var topic = Guid.CreateVersion7();

        var stored = NotifyRequest.Read(body.ToRequest(new Dictionary<string, Guid> { ["news"] = topic }).Write());

        stored.To.ShouldBe([new() { Id = "ann" }, new() { Channel = "email", Address = "a@b.test" }, new() { TopicId = topic }]);
        (stored.Template, stored.DigestKey, stored.SkipsDigest, stored.ExpiresAt)
            .ShouldBe(("t", "k", false, new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)));
        stored.Fallback!.Channels.ShouldBe(["sms", "email"]);
        stored.Data!.Value.GetRawText().ShouldBe("""{"n":1}""");
    }

    // its fingerprint is taken of what is written (Idempotency-Key)
    [Theory]
    [InlineData("""{"to":["ann",{"phone":"+15550100001"}],"digest":false}""")]
    [InlineData("""{"to":[{"whatsapp":"+15550100001"}],"digest":{"key":"k"}}""")]
    public void It_is_written_so_that_it_reads_the_same(string json)
    {
        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize<NotifyBody>(json, Json), Json);

        JsonSerializer.Serialize(JsonSerializer.Deserialize<NotifyBody>(written, Json), Json).ShouldBe(written);
        written.ShouldContain("15550100001");
    }

    private List<string> Mistakes(string json) =>
        [.. _validator.Validate(JsonSerializer.Deserialize<NotifyBody>(json, Json)!).Errors.Select(error => FieldNames.Of(error.PropertyName)).Distinct()];
}
