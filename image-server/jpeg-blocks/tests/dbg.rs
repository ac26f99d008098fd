mod common;
#[test] fn d(){ let b=common::turbo(160,96,turbojpeg::Subsamp::None,85,true); for i in 2..b.len()-4 { if b[i]==0xff && b[i+1]==0xc4 { let l=b[i+2] as usize*256+b[i+3] as usize; println!("{:x} {} {:02x?}",b[i+1],l,&b[i+4..(i+2+l).min(i+60)]);} } }
