using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Performance.Operations;

/// <summary>The way to production: a first administrator, and neither the demo's key nor secrets that are none.</summary>
public sealed partial class BootstrapTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_first_administrator_is_made_once_and_the_key_shown_once()
    {
        await using var database = await NewDatabaseAsync();

        var first = await MigrationsAsync(database, "Production", "bootstrap-admin", "--email", "admin@example.com");
        first.ExitCode.ShouldBe(0, first.Error);
        var key = Key().Match(first.Output).Value;
        (await OwnerOfAsync(database, key)).ShouldBe("admin@example.com {admin}");

        var second = await MigrationsAsync(database, "Production", "bootstrap-admin", "--email", "other@example.com");
        second.ExitCode.ShouldBe(0, second.Error);
        second.Output.ShouldContain("There is an administrator already: admin@example.com. Nothing was changed.");
        Key().IsMatch(second.Output + second.Error).ShouldBeFalse();
        (await OwnerOfAsync(database, key)).ShouldBe("admin@example.com {admin}");

        var replaced = await MigrationsAsync(database, "Production", "bootstrap-admin", "--email", "admin@example.com", "--replace-key");
        (await OwnerOfAsync(database, Key().Match(replaced.Output).Value)).ShouldBe("admin@example.com {admin}");
        (await OwnerOfAsync(database, key)).ShouldBeNull();
    }

    [Fact]
    public async Task A_deployment_names_the_administrator_and_the_key_in_its_configuration()
    {
        await using var database = await NewDatabaseAsync();
        var key = ApiKeySecret.New();

        var run = await RunAsync("Migrations", [], database, "Production", ("Bootstrap__AdminEmail", "ops@example.com"), ("Bootstrap__AdminKey", key));

        run.ExitCode.ShouldBe(0, run.Error);
        (run.Output + run.Error).ShouldNotContain(key);
        (await OwnerOfAsync(database, key)).ShouldBe("ops@example.com {admin}");
    }

    [Fact]
    public async Task The_command_explains_itself()
    {
        await using var database = await NewDatabaseAsync();

        var help = await MigrationsAsync(database, "Production", "bootstrap-admin", "--help");

        help.ExitCode.ShouldBe(0);
        help.Output.ShouldContain("--email");
    }

    [Fact]
    public async Task Outside_development_a_database_with_the_demo_key_starts_nothing()
    {
        await using var database = await NewDatabaseAsync();
        (await RunAsync("Migrations", [], database, "Development")).ExitCode.ShouldBe(0);

        foreach (var program in (string[])["Migrations", "Switchboard.Edge.Api"])
        {
            var run = await RunAsync(program, [], database, "Production");

            run.ExitCode.ShouldNotBe(0, program);
            (run.Output + run.Error).ShouldContain("This database holds the demo key sb_demo");
        }
    }

    [Theory]
    [InlineData("Encryption__Key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Encryption:Key is the same few characters")]
    [InlineData("Encryption__Key", "short", "Encryption:Key has 5 characters")]
    [InlineData("Twilio__AuthToken", "1234", "Twilio:AuthToken has 4 characters")]
    [InlineData("WhatsApp__AppSecret", "demo-whatsapp-secret", "WhatsApp:AppSecret is the one of Development")]
    [InlineData("Graph__ClientState", "0000000000000000000000", "Graph:ClientState is the same few characters")]
    public async Task Outside_development_a_secret_that_is_none_is_refused_by_its_name(string setting, string value, string message)
    {
        await using var database = await NewDatabaseAsync();

        var run = await RunAsync("Switchboard.Edge.Api", [], database, "Production", (setting, value));

        run.ExitCode.ShouldNotBe(0);
        (run.Output + run.Error).ShouldContain(message);
    }

    [Fact]
    public void Every_option_that_is_a_secret_is_checked()
    {
        var options = ((string[])["Switchboard.Edge.Api", "Switchboard.Core"]).SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(property => property.PropertyType == typeof(string) && IsSecret().IsMatch(property.Name)))
            .Select(property => property.Name).Distinct();

        foreach (var name in options)
            SecretStrength.Settings.ShouldContain(setting => setting.EndsWith(name, StringComparison.Ordinal), name);
    }

    private static Task<Run> MigrationsAsync(NpgsqlDataSource database, string environment, params string[] arguments) =>
        RunAsync("Migrations", arguments, database, environment);

    private static async Task<Run> RunAsync(
        string program, string[] arguments, NpgsqlDataSource database, string environment, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly.Load(program).Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in ((string, string)[])
            [
                ("DOTNET_ENVIRONMENT", environment),
                ("ASPNETCORE_ENVIRONMENT", environment),
                ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
                ("ConnectionStrings__switchboard", database.ConnectionString),
                ("ConnectionStrings__redis", "127.0.0.1:1,abortConnect=false,connectTimeout=500,connectRetry=0"),
                ("ConnectionStrings__rabbitmq", "amqp://127.0.0.1:1"),
                ("Encryption__Key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
                ("Gmail__PushAudience", "https://switchboard.test/api/webhooks/gmail"),
                ("Gmail__PushServiceAccount", "push@switchboard.test"),
                ("Graph__ClientId", "11111111-2222-3333-4444-555555555555"),
                ("Graph__ClientSecret", "Zx81-a-secret-of-microsoft"),
                ("Graph__ClientState", "Zx81-a-state-for-microsoft"),
                ("Graph__PublicBaseUrl", "https://switchboard.test"),
                ("Twilio__AccountSid", "AC0123456789abcdef0123456789abcdef"),
                ("Twilio__AuthToken", "0123456789abcdef0123456789abcdef"),
                ("Twilio__PublicBaseUrl", "https://switchboard.test"),
                ("WhatsApp__AppSecret", "0123456789abcdef0123456789abcdef"),
                ("WhatsApp__VerifyToken", "Zx81-a-token-for-whatsapp"),
                ("Media__Folder", Path.GetTempPath()),
                .. settings,
            ])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end: {await output}{await error}");
        }

        return new(process.ExitCode, await output, await error);
    }

    private async Task<NpgsqlDataSource> NewDatabaseAsync()
    {
        var name = $"made_{Guid.CreateVersion7():n}";
        await using var server = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = server.CreateCommand($"CREATE DATABASE {name} TEMPLATE template0");
        await command.ExecuteNonQueryAsync();
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name, Pooling = false });
    }

    private static async Task<string?> OwnerOfAsync(NpgsqlDataSource database, string key)
    {
        await using var command = database.CreateCommand(
            "SELECT u.email || ' ' || k.scopes::text FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = $1");
        command.Parameters.AddWithValue(ApiKeySecret.Hash(key));
        return (string?)await command.ExecuteScalarAsync();
    }

    private sealed record Run(int ExitCode, string Output, string Error);

    [GeneratedRegex(@"sb_[\w-]{43}")]
    private static partial Regex Key();

    [GeneratedRegex("(Secret|Token|SecretKey|ApiKey|ClientState|Password)$")]
    private static partial Regex IsSecret();
}
