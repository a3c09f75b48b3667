package config_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/config"
)

func days(t *testing.T, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatIsOwedAndOwned(t *testing.T) {
	t.Parallel()
	cfg := parse(t, minimal+`bills:
  - {name: van, issuer: cmb, account: "4321", grace: 2d, loan: {principal: 100000 CNY, rate: 4.5%, months: 24, first: 2026-01-05}}
  - {name: shop, loan: {principal: 9000 JPY, rate: 0%, months: 1, method: interest_only, first: 2026-01-31}}
money: {balances: [0 CNY, 12.5 USD], as_of: 2026-11-20, paydays: [{amount: 8000 CNY, schedule: "0 0 15 * *"}]}
tasks: [{name: 查 信用报告, schedule: "0 9 1 1,7 *"}]
`)
	two := 2
	cny := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }
	want := &config.Config{
		Bills: []config.DeclaredBill{
			{Name: "van", Issuer: "cmb", Account: "4321", Grace: &two, Line: 8, Loan: &config.Loan{Principal: cny(10000000),
				Rate: "4.5", Months: 24, Method: "equal_instalments", First: days(t, "2026-01-05")}},
			{Name: "shop", Line: 9, Loan: &config.Loan{Principal: bill.Money{Minor: 9000, Currency: "JPY"},
				Rate: "0", Months: 1, Method: "interest_only", First: days(t, "2026-01-31")}},
		},
		Money: &config.Money{Balances: []bill.Money{cny(0), {Minor: 1250, Currency: "USD"}}, AsOf: days(t, "2026-11-20"),
			Paydays: []config.Payday{{Amount: cny(800000), Spec: "0 0 15 * *"}}},
		Tasks:    []config.Task{{Name: "查 信用报告", Spec: "0 9 1 1,7 *"}},
		Holidays: config.Holidays{Country: "cn"},
	}
	sameConfig(t, want, &config.Config{Bills: cfg.Bills, Money: cfg.Money, Tasks: cfg.Tasks, Holidays: cfg.Holidays})
}

// The folder of holiday tables lies beside the configuration where its path is
// relative.
func TestHolidays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.Holidays{
		"":                                       {Country: "cn"},
		"holidays: {country: jp}\n":              {Country: "jp"},
		"holidays: {country: eu, dir: days.d}\n": {Country: "eu", Dir: "/etc/repayd/days.d"},
		"holidays: {dir: /etc/repayd/days}\n":    {Country: "cn", Dir: "/etc/repayd/days"},
	} {
		if got := parse(t, minimal+text).Holidays; got != want {
			t.Errorf("%q: %+v; want %+v", text, got, want)
		}
	}
}

func TestOverridesHaveRulesForAllAndForSome(t *testing.T) {
	t.Parallel()
	cfg := parse(t, minimal+`issuers:
  override:
    alipay-huabei: {grace: 3d, cut_off: "24:00", needs_workday: false}
    stripe:
      for:
        - {seller: 义乌 批发, grace: 1d}
        - {account: 0042, bill: k3v9q2xa, needs_workday: true}
`)
	huabei, stripe := cfg.Issuers.Override["alipay-huabei"], cfg.Issuers.Override["stripe"]
	if *huabei.Grace != 3 || huabei.CutOff != clock(t, "24:00") || *huabei.NeedsWorkday || huabei.For != nil {
		t.Errorf("alipay-huabei %+v", huabei)
	}
	if stripe.Grace != nil || stripe.CutOff.Known() || stripe.NeedsWorkday != nil {
		t.Errorf("stripe %+v", stripe)
	}
	one, yes := 1, true
	want := []config.OverrideFor{{Seller: "义乌 批发", Rules: config.Rules{Grace: &one}},
		{Account: "0042", Bill: "k3v9q2xa", Rules: config.Rules{NeedsWorkday: &yes}}}
	if diff := cmp.Diff(want, stripe.For); diff != "" {
		t.Error(diff)
	}
}

func TestAChannelHasItsOwnQuietHours(t *testing.T) {
	t.Parallel()
	cfg := parse(t, strings.Replace(minimal, "to: [me@example.com]}\n",
		"to: [me@example.com]}\n    quiet_hours: {from: \"21:00\", to: \"24:00\", zone: Asia/Tokyo}\n", 1))
	q := cfg.Channels[0].Quiet
	if q == nil || q.From != clock(t, "21:00") || q.To != clock(t, "00:00") || q.Zone.String() != "Asia/Tokyo" || cfg.Quiet != nil {
		t.Errorf("channel %+v, all %+v", q, cfg.Quiet)
	}
}

// TestBalancesOfTomorrow: the day on which the owner looked has come. The
// bubble's clock begins on the first day of 2000.
func TestBalancesOfTomorrow(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"1999-12-31": "", "2000-01-01": "", "2000-01-04": ":8: as_of: 2000-01-04 has not come yet"} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		write(t, path, minimal+"money: {balances: [5 CNY],\n  as_of: "+day+"}\n", 0o600)
		synctest.Test(t, func(t *testing.T) {
			cfg, err := config.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(cfg.Warnings, "\n"); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s: %q, want %q", day, got, want)
			}
		})
	}
}
