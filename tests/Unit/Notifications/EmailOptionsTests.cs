using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Dispatch.Channels.Email;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class EmailOptionsTests
{
    [Theory]
    [InlineData("From", "")]
    [InlineData("From", "Switchboard <hello@example.com>")]
    [InlineData("From", "hello")]
    [InlineData("ReplyTo", "help")]
    [InlineData("BounceAddress", "bounce@example.com\r\nDATA")]
    [InlineData("Password", "")]
    [InlineData("Security", "ssl")]
    [InlineData("Security", "none")]
    [InlineData("MessageIdDomain", "example.com>")]
    [InlineData("TimeoutSeconds", "27")]
    [InlineData("Attachments:TimeoutSeconds", "24")]
    [InlineData("Attachments:MaxMegabytes", "0")]
    public void Wrong_settings_stop_the_start_and_are_named(string key, string value) =>
        Should.Throw<OptionsValidationException>(() => Read(Environments.Production, (key, value))).Message
            .ShouldContain(key.Split(':')[^1]);

    [Fact]
    public void A_server_is_enough_with_a_sender_and_none_is_needed()
    {
        Read(Environments.Production).IsConfigured.ShouldBeTrue();
        Read(Environments.Production, ("Host", null), ("From", null), ("Security", "none")).IsConfigured.ShouldBeFalse();
        Read(Environments.Development, ("Security", "none")).Socket.ShouldBe(MailKit.Security.SecureSocketOptions.None);
    }

    private static SmtpOptions Read(string environment, params (string Key, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["Email:Host"] = "mail.example.com",
            ["Email:From"] = "hello@example.com",
            ["Email:UserName"] = "hello",
            ["Email:Password"] = "secret",
        };
        foreach (var (key, value) in settings)
            values[$"Email:{key}"] = value;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSingleton<IHostEnvironment>(new Named(environment));
        services.AddOptions<DispatchOptions>();
        services.AddEmail();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<SmtpOptions>>().Value;
    }

    private sealed class Named(string environment) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = environment;

        public string ApplicationName { get; set; } = "dispatch";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
