using Switchboard.Core.Security;
using Switchboard.Edge.Api.Operations.Access;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Edge;

public sealed class KeysTests
{
    private static readonly Caller Program = new(Guid.CreateVersion7(), Guid.CreateVersion7(), [Scope.Rules, Scope.Mail]);
    private static readonly Caller Administrator = new(Guid.CreateVersion7(), Guid.CreateVersion7(), [Scope.Admin]);

    [Fact]
    public void A_new_key_is_one_of_its_kind_and_its_hash_is_that_of_no_other()
    {
        var (key, other) = (ApiKeySecret.New(), ApiKeySecret.New());

        ApiKeySecret.IsWellFormed(key).ShouldBeTrue();
        ApiKeySecret.Shown(key).Length.ShouldBeLessThan(key.Length / 2);
        ApiKeySecret.Hash(key).ShouldBe(ApiKeySecret.Hash(key));
        ApiKeySecret.Hash(key).ShouldNotBe(ApiKeySecret.Hash(other));
    }

    [Theory]
    [InlineData("sb_demo", true)]
    [InlineData("", false)]
    [InlineData("demo", false)]
    [InlineData("sb_dämo", false)]
    public void A_key_begins_as_keys_do(string key, bool isWellFormed) => ApiKeySecret.IsWellFormed(key).ShouldBe(isWellFormed);

    [Fact]
    public void A_key_of_any_length_is_refused_before_it_is_hashed() =>
        ApiKeySecret.IsWellFormed("sb_" + new string('x', 100_000)).ShouldBeFalse();

    [Fact]
    public void Nobody_gives_what_they_do_not_have()
    {
        CreateApiKey.Missing(Program, Program.UserId, [Scope.Mail]).ShouldBeNull();
        CreateApiKey.Missing(Program, Program.UserId, [Scope.Mail, Scope.Jobs]).ShouldBe(Scope.Jobs);
        CreateApiKey.Missing(Program, Guid.CreateVersion7(), [Scope.Mail]).ShouldBe(Scope.Admin);
    }

    [Fact]
    public void An_administrator_gives_anything_to_anyone() =>
        CreateApiKey.Missing(Administrator, Guid.CreateVersion7(), Scope.All).ShouldBeNull();
}
