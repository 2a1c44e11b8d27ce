using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>Describing an application.</summary>
public sealed class ModelTests
{
    [Fact]
    public async Task An_expression_is_text_with_values_filled_in_and_braces_are_text()
    {
        var password = new ParameterResource("password", _ => "a b", secret: true);

        var expression = ReferenceExpression.Create($"{{\"x\"}}:{password}:{password:uri}");

        (await expression.GetValueAsync()).ShouldBe("{\"x\"}:a b:a%20b");
        expression.ValueExpression.ShouldBe("{\"x\"}:{password.value}:{password.value}");
    }

    [Theory]
    [InlineData("edge-api", true)]
    [InlineData("9lives", false)]
    [InlineData("a--b", false)]
    [InlineData("under_score", false)]
    public void A_name_is_letters_digits_and_single_dashes(string name, bool isValid)
    {
        if (isValid) new ProjectResource(name).Name.ShouldBe(name);
        else Should.Throw<ArgumentException>(() => new ProjectResource(name));
    }

    [Fact]
    public void Two_resources_cannot_have_one_name()
    {
        var builder = DistributedApplication.CreateBuilder(["--publisher", "manifest"]);
        builder.AddParameter("token");

        Should.Throw<DistributedApplicationException>(() => builder.AddParameter("Token"));
    }

    [Fact]
    public void Whoever_waits_for_a_database_waits_for_its_server()
    {
        var builder = DistributedApplication.CreateBuilder(["--publisher", "manifest"]);
        var server = builder.AddPostgres("postgres");

        var redis = builder.AddRedis("redis").WaitFor(server.AddDatabase("things"));

        redis.Resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).ShouldBe(["postgres", "things"]);
    }

    [Fact]
    public async Task A_parameter_comes_from_the_configuration()
    {
        var builder = DistributedApplication.CreateBuilder(["--publisher", "manifest", "--Parameters:api-token=from outside"]);

        (await builder.AddParameter("api-token").Resource.GetValueAsync()).ShouldBe("from outside");
        (await Should.ThrowAsync<DistributedApplicationException>(async () => await builder.AddParameter("other").Resource.GetValueAsync()))
            .Message.ShouldContain("Parameters:other");
    }
}
